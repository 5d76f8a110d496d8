import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
    // The reader wakes when the writer has gone on, or is gone.
    const gate = join(await mkdtemp(join(tmpdir(), 'tsplay-output-')), 'gate')
    const body =
      'for (let i = 0; i < 50000; i++) out.write("some text that fills the pipe\\n");' +
      `process.stderr.write(String(out.waiting > 0)); (await import("node:fs")).writeFileSync("${gate}", "")`
    const { stderr } = await inShell(
      `{ "$@"; : >${gate}; } | { until [ -e ${gate} ]; do sleep 0.05; done; cat >/dev/null; }`,
      body,
    )
    await rm(dirname(gate), { recursive: true })
    expect(stderr).toBe('true')
  })

  it('survives a full disk', async () => {
    const body = 'out.write("text"); await out.flush(); process.stderr.write(`closed=${out.closed}`)'
    const { stderr } = await inShell('"$@" >/dev/full', body)
    expect(stderr).toBe('closed=true')
  })
})
