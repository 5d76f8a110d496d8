import { describe, expect, it } from 'vitest'
import { runCommand } from '#lab/run-command.ts'

describe('running a program', () => {
  it('gives its output, passes input and reports lines of stderr', async () => {
    const lines: string[] = []
    const script = 'cat; echo one >&2; echo two >&2'
    const output = await runCommand(['sh', '-c', script], { input: 'in', onLine: (line) => lines.push(line) })
    expect([output, lines]).toEqual(['in', ['one', 'two']])
  })

  it.each([
    [['sh', '-c', 'echo cause >&2; exit 3'], 'sh ended with exit code 3: cause'],
    [['sh', '-c', 'kill -9 $$'], 'sh was ended by SIGKILL'],
    [['/nonexistent/program'], '/nonexistent/program could not be started.'],
  ])('fails with the reason: %j', async (argv, message) => {
    await expect(runCommand(argv)).rejects.toMatchObject({ message, reason: 'command-failed' })
  })

  it('survives a program that does not read its input', async () => {
    expect(await runCommand(['true'], { input: 'x'.repeat(1_000_000) })).toBe('')
  })

  it('ends with the signal', async () => {
    const running = runCommand(['sleep', '60'], { signal: AbortSignal.timeout(20) })
    await expect(running).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
