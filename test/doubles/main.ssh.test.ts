import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readCalls } from '#doubles/calls.ts'
import { controlDoubles } from '#doubles/control-doubles.ts'
import { DoubleHost } from '#doubles/host.ts'
import { doubleBench, installDoubles } from '../support/doubles.ts'

const call = promisify(execFile)

const fault = (root: string, given: object) => controlDoubles(root, ['fault', JSON.stringify(given)])

describe('a double as a program', () => {
  it('keeps its state from one process to the next, and every one of concurrent calls', async () => {
    const { root, ok } = await doubleBench()
    const bin = await installDoubles(root, ['sendmail', 'mailq'])
    const letters = ['a', 'b', 'c', 'd'].map(async (to) => {
      const child = spawn(join(bin, 'sendmail'), [to], { stdio: ['pipe', 'inherit', 'inherit'] })
      child.stdin.end('hello\n')
      await once(child, 'exit')
    })
    await Promise.all(letters)
    expect((await call(join(bin, 'mailq'))).stdout).toMatch(/^-- 1 Kbytes in 4 Requests\.$/m)
    expect(await ok('mailq')).toContain('4 Requests')
  })

  it('writes down each call, with a digest of what it read', async () => {
    const { root, ok, run } = await doubleBench()
    const bin = await installDoubles(root, ['sendmail'])
    const child = spawn(join(bin, 'sendmail'), ['root'], { stdio: ['pipe', 'inherit', 'inherit'] })
    child.stdin.end('hello\n')
    await once(child, 'exit')
    await ok('mailq')
    await run('mailq --wrong')
    const lines = (await readCalls(new DoubleHost(root).folder)).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        argv: ['sendmail', 'root'],
        exit: 0,
        stdin: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
      },
      { argv: ['mailq'], exit: 0 },
      { argv: ['mailq', '--wrong'], exit: 64 },
    ])
  })

  it('holds no other call up while it hangs, and ends with its process', async () => {
    const { root, ok } = await doubleBench()
    const bin = await installDoubles(root, ['mailq'])
    await fault(root, { program: 'mailq', hang: true, times: 1 })
    const hanging = spawn(join(bin, 'mailq'))
    const ended = once(hanging, 'exit')
    const isTaken = () => controlDoubles(root, ['faults']).then(({ stdout }) => stdout === '')
    await expect.poll(isTaken, { timeout: 20_000 }).toBe(true)
    expect(await ok('mailq')).toBe('Mail queue is empty\n')
    hanging.kill('SIGTERM')
    expect((await ended)[1]).toBe('SIGTERM')
  })
})
