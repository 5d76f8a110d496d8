import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backupPeriod } from '#backups/backup-period.ts'
import { type KeepRule, keepOptions } from '#backups/keep-rule.ts'
import { type Backup, markBackups } from '#backups/mark-backups.ts'
import { markBackups as markOfProxmox } from '#doubles/pve/prune.ts'

const at = (text: string): number => Date.parse(`${text}Z`)
const made = (...times: string[]): Backup[] => times.map((time) => ({ name: time, at: at(time) }))
const marks = (backups: readonly Backup[], rule: KeepRule, zone = 'UTC') =>
  Object.fromEntries(markBackups(backups, rule, zone).map(({ backup, mark }) => [backup.name, mark]))

describe('the rules of Proxmox, step by step', () => {
  test('the newest of a day is kept, the others of that day go', () => {
    expect(marks(made('2026-03-02T22:00', '2026-03-02T10:00', '2026-03-01T10:00'), { daily: 2 })).toEqual({
      '2026-03-02T22:00': 'daily',
      '2026-03-02T10:00': 'remove',
      '2026-03-01T10:00': 'daily',
    })
  })

  test('days without a backup cost nothing', () => {
    const days = made('2026-03-20T02:00', '2026-03-09T02:00', '2026-01-02T02:00', '2026-01-01T02:00')
    expect(Object.values(marks(days, { daily: 3 }))).toEqual(['daily', 'daily', 'daily', 'remove'])
  })

  test('a period that an earlier option covers is passed over without using the count', () => {
    const days = made('2026-03-05T02:00', '2026-03-04T02:00', '2026-03-03T02:00', '2026-03-02T02:00')
    expect(Object.values(marks(days, { last: 2, daily: 1 }))).toEqual(['last', 'last', 'daily', 'remove'])
  })

  test('what one option removed is invisible to later ones, though they would keep it', () => {
    // The older backup of 1 January is removed by "daily"; "yearly" then finds only last year's.
    const times = made('2026-01-01T20:00', '2026-01-01T08:00', '2025-12-31T08:00', '2025-12-30T08:00')
    expect(Object.values(marks(times, { daily: 1, yearly: 5 }))).toEqual([
      'daily',
      'remove',
      'yearly',
      'remove',
    ])
  })

  test('backups in a covered period stay in sight of later options', () => {
    const times = made('2026-02-10T08:00', '2026-02-10T07:00', '2026-02-09T08:00')
    // "daily" passes over the 10th, which "last" covers; "hourly" goes before it and takes 07:00.
    expect(Object.values(marks(times, { last: 1, hourly: 1, daily: 1 }))).toEqual(['last', 'hourly', 'daily'])
  })

  test('the first days of January belong to the last week of the year before', () => {
    const times = made('2027-01-04T02:00', '2027-01-03T02:00', '2026-12-28T02:00', '2026-12-27T02:00')
    expect(backupPeriod('weekly', at('2027-01-03T02:00'), 'UTC')).toBe('2026-W53')
    expect(Object.values(marks(times, { weekly: 3 }))).toEqual(['weekly', 'weekly', 'remove', 'weekly'])
  })

  test('days are those of the zone', () => {
    const times = made('2026-06-01T23:00', '2026-06-01T21:00')
    expect(Object.values(marks(times, { daily: 2 }, 'UTC'))).toEqual(['daily', 'remove'])
    expect(Object.values(marks(times, { daily: 2 }, 'Europe/Berlin'))).toEqual(['daily', 'daily'])
  })

  test('a protected backup stays and counts for nothing', () => {
    const [newest, older, oldest] = made('2026-06-03T02:00', '2026-06-02T02:00', '2026-06-01T02:00')
    if (!newest || !older || !oldest) throw new Error('three were made')
    const backups = [{ ...newest, isProtected: true }, older, oldest]
    expect(Object.values(marks(backups, { last: 1 }))).toEqual(['protected', 'last', 'remove'])
  })
})

const rules = fc
  .record(Object.fromEntries(keepOptions.map((option) => [option, fc.nat(4)])))
  .filter((rule) => Object.values(rule).some((count) => count > 0))
const groups = fc
  .uniqueArray(fc.integer({ min: at('2024-01-01T00:00') / 1000, max: at('2027-12-31T00:00') / 1000 }), {
    maxLength: 40,
  })
  .chain((seconds) =>
    fc.tuple(
      ...seconds.map((second) => fc.record({ at: fc.constant(second * 1000), isProtected: fc.boolean() })),
    ),
  )
  .map((all) => all.map((one, i) => ({ ...one, name: `b${i}` })))

/** The clocks of this process, since the double of Proxmox goes by them as Proxmox does. */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone

describe('any rule, any backups', () => {
  test('marks what the double of Proxmox marks', () => {
    fc.assert(
      fc.property(groups, rules, (backups, rule) => {
        const theirs = markOfProxmox(
          backups.map((one) => ({ ...one, volid: one.name, at: one.at / 1000 })),
          new Map(Object.entries(rule)),
        )
        for (const { backup, mark } of markBackups(backups, rule, here)) {
          const ours = mark === 'protected' || mark === 'remove' ? mark : 'keep'
          expect(ours).toBe(theirs.get(backup.name))
        }
      }),
    )
  })

  test('keeps the newest that is not protected, and no more than the numbers add up to', () => {
    fc.assert(
      fc.property(groups, rules, (backups, rule) => {
        const free = markBackups(backups, rule, 'Europe/Berlin').filter(({ mark }) => mark !== 'protected')
        if (free[0]) expect(free[0].mark).not.toBe('remove')
        const kept = free.filter(({ mark }) => mark !== 'remove')
        expect(kept.length).toBeLessThanOrEqual(Object.values(rule).reduce((sum, count) => sum + count, 0))
      }),
    )
  })

  test('marks nothing more when it is applied again to what it kept', () => {
    fc.assert(
      fc.property(groups, rules, (backups, rule) => {
        const kept = markBackups(backups, rule, 'UTC').filter(({ mark }) => mark !== 'remove')
        const again = markBackups(
          kept.map(({ backup }) => backup),
          rule,
          'UTC',
        )
        expect(again.filter(({ mark }) => mark === 'remove')).toEqual([])
      }),
    )
  })
})
