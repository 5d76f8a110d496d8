import { expect, test } from 'vitest'
import { tsplay } from '../support/tsplay.ts'

const simulate = (...args: readonly string[]) => tsplay(['backup', 'simulate', ...args], { cwd: '.' })

test('a year of weekly backups shows what is kept, by which option, and how much room it needs', async () => {
  const { code, stdout } = await simulate('--from', '2026-01-01')
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'KEPT                                BY',
    'Sun 2026-12-27 02:00 Europe/Berlin  last',
    'Sun 2026-12-20 02:00 Europe/Berlin  weekly',
  ])
  expect(stdout).toContain('52 made, 44 removed, 8 kept; room is needed for 9.')
})

test('a backup that the change of clocks moves is one of the year', async () => {
  const { stdout } = await simulate('--from', '2026-03-01', '--months', '1', '--keep', 'last=9', '--json')
  const { kept, made } = JSON.parse(stdout)
  expect(made).toBe(5)
  // 02:00 does not exist on 29 March; the backup is made at 03:00 by the new time.
  expect(kept[0]).toEqual({ at: '2026-03-29T01:00:00.000Z', why: 'last' })
})

test('a rule that pruning would refuse fails, with the reason', async () => {
  const { code, stdout } = await simulate('--keep', 'last=1', '--min-copies', '2', '--from', '2026-01-01')
  expect(code).toBe(2)
  expect(stdout).toContain('1 would be left, and at least 2 have to stay.')
})

test.each([
  [['--keep', 'fortnightly=2'], '"fortnightly=2" is no part of a rule', 'last, hourly, daily'],
  [['--cron', '0 25 * * *'], 'The cron expression "0 25 * * *" cannot be used.', ''],
  [['--zone', 'Europe/Berln'], 'There is no time zone "Europe/Berln".', 'Did you mean "Europe/Berlin"?'],
  [['--from', 'yesterday'], '--from cannot be "yesterday".', '2026-01-31'],
])('%j is refused with what to write instead', async (args, problem, remedy) => {
  const { code, stderr } = await simulate(...args)
  expect(code).toBe(5)
  expect(stderr).toContain(problem)
  expect(stderr).toContain(remedy)
})
