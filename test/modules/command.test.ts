import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import command from '#modules/command.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const at = (...names: string[]): string => join(bench().folder, ...names)
const run = (args: unknown, mode: 'apply' | 'check' = 'apply') => {
  bench().session.store.forget([{ kind: 'everything' }])
  return bench().run(command, args, { mode, env: { GREETING: 'hi  there' } })
}
const stdoutOf = async (args: unknown) => (await run(args)).result.data?.['stdout']

describe('words', () => {
  const cases: readonly [args: unknown, stdout: string][] = [
    [{ cmd: 'echo a   "b  c" \'d e\'' }, 'a b  c d e'],
    [{ cmd: 'echo $GREETING "$GREETING"' }, 'hi  there hi  there'],
    [{ cmd: "echo '$GREETING' *.none | cat; ls > x" }, '$GREETING *.none | cat; ls > x'],
    [{ argv: ['printf', '%s|', 'two words', '$HOME', '*', ''] }, 'two words|$HOME|*||'],
    [{ cmd: 'cat', stdin: 'some text' }, 'some text'],
    [{ cmd: 'wc -c', stdin: 'four', stdin_add_newline: false }, '4'],
    [{ cmd: 'printf "x\\n\\n"' }, 'x'],
    [{ cmd: 'printf "x\\n\\n"', strip_empty_ends: false }, 'x\n\n'],
  ]
  test.each(cases)('are passed on: %j', async (args, stdout) => {
    if (typeof args !== 'object' || args === null) throw new Error('Not an argument table.')
    expect(await stdoutOf({ ...args, chdir: at() })).toBe(stdout)
  })

  test('must be there, and complete', async () => {
    await expect(run({})).rejects.toThrow('One of "cmd" and "argv" must be given.')
    await expect(run({ cmd: 'echo "open' })).rejects.toThrow('cannot be split into words')
  })
})

test('runs each time, and registers what it did', async () => {
  const args = { argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'] }
  const { result } = await run(args)
  expect(result).toMatchObject({
    changed: true,
    failed: true,
    msg: 'It ended with exit code 3: err',
    data: {
      rc: 3,
      stdout: 'out',
      stderr: 'err',
      stdout_lines: ['out'],
      stderr_lines: ['err'],
      cmd: args.argv,
    },
  })
  expect((await run({ cmd: 'no-such-program-here' })).result).toMatchObject({
    failed: true,
    data: { rc: 127 },
  })
})

test('runs in a folder, which must be there', async () => {
  expect(await stdoutOf({ cmd: 'pwd', chdir: at() })).toBe(at())
  expect((await run({ cmd: 'pwd', chdir: at('nowhere') })).result).toMatchObject({ failed: true })
})

describe('guards', () => {
  test('let it run once', async () => {
    mkdirSync(at('once'))
    const args = { cmd: 'touch made', chdir: at('once'), creates: 'ma*' }
    expect((await run(args, 'check')).changes).toEqual([
      { field: 'command', before: 'not run', after: 'run' },
    ])
    expect(existsSync(at('once', 'made'))).toBe(false)
    expect((await run(args)).result.changed).toBe(true)
    const { changes, result } = await run(args)
    expect([changes, result.msg]).toEqual([[], 'skipped, since ma* exists'])
  })

  const cases: readonly [args: object, reason: string | undefined][] = [
    [{ removes: 'absent' }, 'skipped, since absent does not exist'],
    [{ removes: 'present' }, undefined],
    [{ unless: 'test -e present' }, 'skipped, since "test -e present" succeeds'],
    [{ unless: 'exit 1' }, undefined],
    [{ onlyif: 'exit 1' }, 'skipped, since "exit 1" fails'],
    [{ onlyif: 'test -e present', creates: 'absent' }, undefined],
  ]
  test.each(cases)('decide: %j', async (guard, reason) => {
    writeFileSync(at('present'), '')
    writeFileSync(at('ran'), '')
    const { result } = await run({ cmd: 'cp present ran2', chdir: at(), ...guard })
    expect(result.msg).toBe(reason)
  })
})

test('is unknown in check mode without a guard', async () => {
  const { changes } = await run({ argv: ['touch', at('checked')] }, 'check')
  expect(changes[0]?.before).toBeInstanceOf(Unknown)
  expect(existsSync(at('checked'))).toBe(false)
})

test('reads nothing of the shell that runs it', async () => {
  await run({ argv: ['sh', '-c', `cat >${at('input')}`] })
  expect(readFileSync(at('input'), 'utf8')).toBe('')
})
