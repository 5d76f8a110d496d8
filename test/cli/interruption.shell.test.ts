import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const file = resolve(import.meta.dirname, '../../src/cli/interruption.ts')
/** Waits for ever, like a run whose hosts do not answer; says when it is ready and when it is aborted. */
const program = `
  import { interruption } from ${JSON.stringify(file)}
  const signal = interruption((name) => console.log('first', name))
  signal.addEventListener('abort', () => console.log('aborted:', signal.reason.message))
  setInterval(() => {}, 1000)
  console.log('ready')`

let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
})

async function started(): Promise<{ child: ChildProcess; said: (text: string) => Promise<void> }> {
  const begun = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = begun
  let output = ''
  begun.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  const said = async (text: string): Promise<void> => {
    while (!output.includes(text)) await once(begun.stdout, 'data')
  }
  await said('ready')
  return { child: begun, said }
}

describe('interruption', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('aborts at the first %s and goes on', async (name) => {
    const { child, said } = await started()
    child.kill(name)
    await said(`aborted: Interrupted by ${name}.`)
    await said(`first ${name}`)
    expect(child.exitCode).toBe(null)
  })

  it('ends at once with 130 at the second signal, whichever it is', async () => {
    const { child, said } = await started()
    child.kill('SIGINT')
    await said('aborted')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([130, null])
  })
})
