import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backupsToPrune, refusalsFor, usualRails } from '#backups/backups-to-prune.ts'
import { type Backup, markBackups } from '#backups/mark-backups.ts'

const day = 86_400_000
const now = Date.parse('2026-11-29T12:00Z')
const aged = (...days: number[]): Backup[] =>
  days.map((age) => ({ name: `d${age}`, at: now - age * day, isVerified: true }))
const prune = (backups: readonly Backup[], rule: { last: number }, rails: Partial<typeof usualRails> = {}) =>
  backupsToPrune(backups, rule, { zone: 'UTC', now, rails: { ...usualRails, ...rails } })
const unverified = (backup: Backup): Backup => ({ ...backup, isVerified: false })

describe('the rails', () => {
  test('let a rule remove what it does not want', () => {
    const { kept, removed, refusals } = prune(aged(1, 2, 3), { last: 2 })
    expect(kept.map(({ backup }) => backup.name)).toEqual(['d1', 'd2'])
    expect(removed.map(({ name }) => name)).toEqual(['d3'])
    expect(refusals).toEqual([])
  })

  test('refuse to remove the last copy that was verified', () => {
    const backups = [...aged(1, 2).map(unverified), ...aged(3)]
    expect(prune(backups, { last: 2 }, { needsVerified: false }).refusals).toEqual([
      '"d3" is the last backup that was verified.',
    ])
  })

  test('refuse to remove anything before the newest is verified', () => {
    const [newest, ...older] = aged(1, 2, 3)
    if (!newest) throw new Error('three were made')
    expect(prune([unverified(newest), ...older], { last: 2 }).refusals).toEqual([
      'The newest, "d1", is not verified yet.',
    ])
  })

  test('go by the newest that counts: one that stays anyway need not be verified', () => {
    const [newest, ...older] = aged(1, 2, 3)
    if (!newest) throw new Error('three were made')
    const { removed, refusals } = prune([{ ...unverified(newest), isProtected: true }, ...older], { last: 1 })
    expect([removed.map(({ name }) => name), refusals]).toEqual([['d3'], []])
  })

  test('refuse to leave too few', () => {
    expect(prune(aged(1, 2), { last: 1 }, { minCopies: 2 }).refusals).toEqual([
      '1 would be left, and at least 2 have to stay.',
    ])
  })

  test('refuse to remove most of a group at once, as after a mistake in a rule', () => {
    expect(prune(aged(1, 2, 3, 4), { last: 1 }).refusals).toEqual([
      '3 of 4 would go at once; at most 50 % may.',
    ])
    expect(prune(aged(1, 2, 3, 4), { last: 1 }, { maxRemoved: 1 }).refusals).toEqual([])
  })

  test('refuse while a backup is dated in the future', () => {
    expect(prune(aged(-400, 1, 2, 3), { last: 3 }).refusals).toEqual([
      '"d-400" is dated in the future: a clock is wrong.',
    ])
  })

  test('keep what is young, without a refusal', () => {
    const { removed, refusals } = prune(aged(1, 2, 9), { last: 1 }, { minAge: 7 * day })
    expect([removed.map(({ name }) => name), refusals]).toEqual([['d9'], []])
  })

  test('refuse the newest when a person picks it', () => {
    const all = markBackups(aged(1, 2), { last: 1 }, 'UTC')
    expect(refusalsFor(aged(2), { all, now, rails: usualRails })).toEqual([])
    const picked = all.slice(0, 1).map(({ backup }) => backup)
    expect(refusalsFor(picked, { all, now, rails: usualRails })).toEqual([
      '"d1" is the newest backup.',
      '"d1" is the last backup that was verified.',
    ])
  })

  test('hold for any group and any rule', () => {
    const ages = fc.uniqueArray(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 30 })
    const group = ages.chain((all) =>
      fc.tuple(...aged(...all).map((one) => fc.boolean().map((isVerified) => ({ ...one, isVerified })))),
    )
    const rails = fc.record({
      minCopies: fc.nat(5),
      minAge: fc.nat(30).map((days) => days * day),
      maxRemoved: fc.double({ min: 0, max: 1, noNaN: true }),
      needsVerified: fc.boolean(),
    })
    fc.assert(
      fc.property(group, fc.integer({ min: 1, max: 9 }), rails, (backups, last, given) => {
        const { kept, removed, refusals } = prune(backups, { last }, given)
        expect(kept.length + removed.length).toBe(backups.length)
        if (removed.length === 0 || refusals.length > 0) return
        expect(kept.length).toBeGreaterThanOrEqual(given.minCopies)
        expect(Math.max(...removed.map(({ at }) => at))).toBeLessThan(
          Math.max(...kept.map(({ backup }) => backup.at)),
        )
        if (backups.some(({ isVerified }) => isVerified)) {
          expect(kept.some(({ backup }) => backup.isVerified)).toBe(true)
        }
      }),
    )
  })
})
