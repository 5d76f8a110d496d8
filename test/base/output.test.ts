import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const program = (body: string): string[] => [
  '--input-type=module',
  '-e',
  `import { fileOutput } from '${new URL('../../src/base/output.ts', import.meta.url).pathname}'
  const out = fileOutput(1)
  ${body}`,
]
const node = process.execPath
const inShell = (script: string, body: string) => run('sh', ['-c', script, 'sh', node, ...program(body)])

describe('fileOutput', () => {
  it('delivers everything in order, however much it is', async () => {
    const { stdout } = await run(
      node,
      program('for (let i = 0; i < 50000; i++) out.write(`${i}\\n`); await out.flush()'),
      {
        maxBuffer: 1e7,
      },
    )
    expect(stdout.split('\n').length).toBe(50_001)
    expect(stdout.endsWith('49998\n49999\n')).toBe(true)
  })

  it('survives a reader that goes away', async () => {
    const body =
      'for (let i = 0; i < 50000; i++) out.write("some text\\n"); await out.flush(); process.stderr.write(`closed=${out.closed}`)'
    const { stderr } = await inShell('"$@" | head -n 1 >/dev/null', body)
    expect(stderr).toBe('closed=true')
  })

  it('does not hold up the process while the reader sleeps', async () => {
    const body =
      'const start = Date.now(); for (let i = 0; i < 50000; i++) out.write("some text that fills the pipe\\n");' +
      'await new Promise((resolve) => setTimeout(resolve, 20)); process.stderr.write(`${out.waiting > 0 && Date.now() - start < 400}`)'
    const { stderr } = await inShell('"$@" | { sleep 0.6; cat >/dev/null; }', body)
    expect(stderr).toBe('true')
  })

  it('survives a full disk', async () => {
    const body = 'out.write("text"); await out.flush(); process.stderr.write(`closed=${out.closed}`)'
    const { stderr } = await inShell('"$@" >/dev/full', body)
    expect(stderr).toBe('closed=true')
  })
})
