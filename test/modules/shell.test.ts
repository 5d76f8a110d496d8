import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import shell from '#modules/shell.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const at = (...names: string[]): string => join(bench().folder, ...names)
const run = (args: unknown, mode: 'apply' | 'check' = 'apply') => {
  bench().session.store.forget([{ kind: 'everything' }])
  return bench().run(shell, args, { mode, env: { GREETING: 'hi' } })
}

const cases: readonly [args: unknown, rc: number, stdout: string][] = [
  [{ cmd: 'echo "$GREETING" | tr a-z A-Z; false || echo again' }, 0, 'HI\nagain'],
  [{ cmd: 'echo before; exit 4; echo never' }, 4, 'before'],
  [{ cmd: 'false\necho "last counts"' }, 0, 'last counts'],
  [{ cmd: "printf '%s' \"it's\"" }, 0, "it's"],
  [{ cmd: 'read line; echo "$line"', stdin: 'in' }, 0, 'in'],
  [{ cmd: 'a=(1 2); echo "${#a[@]}"', executable: '/bin/bash' }, 0, '2'],
  [{ cmd: 'if then' }, 2, ''],
]

test.each(cases)('runs %j', async (args, rc, stdout) => {
  const { result } = await run(args)
  expect(result).toMatchObject({ changed: true, failed: rc !== 0, data: { rc, stdout } })
})

test('leaves the next command a shell as it was', async () => {
  await run({ cmd: `cd ${bench().folder}; export LEFT=1; set -e; umask 0; exec 3>&1` })
  expect((await run({ cmd: 'echo "${LEFT-}$(umask)"' })).result.data?.['stdout']).toMatch(
    /^00?(22|02|77|27)$/,
  )
})

test('runs in a folder, once with creates', async () => {
  const args = { cmd: 'echo x > made', chdir: bench().folder, creates: at('made') }
  expect((await run(args, 'check')).changes).toHaveLength(1)
  expect(existsSync(at('made'))).toBe(false)
  expect((await run(args)).changes).toHaveLength(1)
  expect((await run(args)).changes).toEqual([])
})

test('is unknown in check mode without a guard, and known with one', async () => {
  writeFileSync(at('there'), '')
  expect((await run({ cmd: 'true' }, 'check')).changes[0]?.before).toBeInstanceOf(Unknown)
  expect((await run({ cmd: 'true', removes: at('there') }, 'check')).changes[0]?.before).toBe('not run')
})
