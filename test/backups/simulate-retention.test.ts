import { expect, test } from 'vitest'
import { usualRails } from '#backups/backups-to-prune.ts'
import { simulateRetention } from '#backups/simulate-retention.ts'

const week = 7 * 86_400_000
const sundays = Array.from({ length: 52 }, (_, i) => Date.parse('2026-01-04T01:00Z') + i * week)
const simulate = (rule: { last: number; weekly?: number; monthly?: number }, rails = usualRails) =>
  simulateRetention(sundays, rule, { zone: 'Europe/Berlin', rails })

test('a year of Sundays leaves the newest, four more weeks and three more months', () => {
  const { kept, made, removed, most, refusals } = simulate({ last: 1, weekly: 4, monthly: 3 })
  expect(kept.map(({ backup, mark }) => [backup.name.slice(0, 10), mark])).toEqual([
    ['2026-12-27', 'last'],
    ['2026-12-20', 'weekly'],
    ['2026-12-13', 'weekly'],
    ['2026-12-06', 'weekly'],
    ['2026-11-29', 'weekly'],
    ['2026-10-25', 'monthly'],
    ['2026-09-27', 'monthly'],
    ['2026-08-30', 'monthly'],
  ])
  expect([made, removed, most, refusals]).toEqual([52, 44, 9, []])
})

test('a rule that the rails never allow shows as refusals and a store that only grows', () => {
  const { kept, refusals } = simulate({ last: 1 }, { ...usualRails, minCopies: 2 })
  expect(kept).toHaveLength(52)
  expect(refusals[0]?.text).toBe('1 would be left, and at least 2 have to stay.')
})
