import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wallClock } from '#base/zoned-time.ts'
import { timingOf } from '#daemon/decide-slots.ts'
import { nextOccurrence, occurrences } from '#daemon/occurrences.ts'

const timing = (cron: string, zone: string, gap: 'run-after' | 'skip' = 'run-after') =>
  timingOf({ cron, zone, gap })
const at = (text: string) => Date.parse(text)
const between = (cron: string, zone: string, from: string, to: string, gap?: 'run-after' | 'skip') =>
  occurrences(timing(cron, zone, gap), at(from), at(to)).map((one) =>
    new Date(one).toISOString().replace(':00.000Z', 'Z'),
  )

describe('when clocks are set forward', () => {
  test.each([
    ['Europe/Berlin', '0 2 * * sun', '2026-03-28T18:00Z', ['2026-03-29T01:00Z']],
    ['Europe/Berlin', '0 2 * * sun', '2027-03-27T18:00Z', ['2027-03-28T01:00Z']],
    ['America/New_York', '30 2 * * *', '2026-03-08T00:00Z', ['2026-03-08T07:00Z']],
    ['America/New_York', '30 2 * * *', '2027-03-14T00:00Z', ['2027-03-14T07:00Z']],
    ['Australia/Sydney', '0 2 * * *', '2026-10-03T12:00Z', ['2026-10-03T16:00Z']],
    ['Australia/Sydney', '0 2 * * *', '2027-10-02T12:00Z', ['2027-10-02T16:00Z']],
    ['Asia/Kolkata', '0 2 * * *', '2026-03-28T12:00Z', ['2026-03-28T20:30Z']],
  ])('%s: "%s" runs once, after the gap', (zone, cron, from, expected) => {
    const to = new Date(at(from) + 12 * 3_600_000).toISOString()
    expect(between(cron, zone, from, to)).toEqual(expected)
  })

  test('several times in the gap are one run, and none with gap: skip', () => {
    const day = ['2026-03-29T00:00Z', '2026-03-29T12:00Z'] as const
    expect(between('*/20 2 * * *', 'Europe/Berlin', ...day)).toEqual(['2026-03-29T01:00Z'])
    expect(between('*/20 2 * * *', 'Europe/Berlin', ...day, 'skip')).toEqual([])
  })

  test('a time of day at the end of the gap is not run twice', () => {
    const day = ['2026-03-29T00:00Z', '2026-03-29T12:00Z'] as const
    expect(between('0 2-3 * * *', 'Europe/Berlin', ...day)).toEqual(['2026-03-29T01:00Z'])
  })
})

describe('when clocks are set back', () => {
  test.each([
    ['Europe/Berlin', '0 2 * * *', '2026-10-24T22:00Z', ['2026-10-25T00:00Z']],
    ['Europe/Berlin', '30 2 * * *', '2027-10-30T22:00Z', ['2027-10-31T00:30Z']],
    ['America/New_York', '0 1 * * *', '2026-11-01T04:00Z', ['2026-11-01T05:00Z']],
    ['America/New_York', '59 1 * * *', '2027-11-07T04:00Z', ['2027-11-07T05:59Z']],
    ['Australia/Sydney', '30 2 * * *', '2026-04-04T12:00Z', ['2026-04-04T15:30Z']],
    ['Australia/Sydney', '30 2 * * *', '2027-04-03T12:00Z', ['2027-04-03T15:30Z']],
  ])('%s: "%s" runs the first time only', (zone, cron, from, expected) => {
    const to = new Date(at(from) + 12 * 3_600_000).toISOString()
    expect(between(cron, zone, from, to)).toEqual(expected)
  })
})

test('a rhythm keeps its beat through both changes', () => {
  for (const from of ['2026-03-28T22:00Z', '2026-10-24T20:00Z']) {
    const times = occurrences(timing('*/15 * * * *', 'Europe/Berlin'), at(from), at(from) + 12 * 3_600_000)
    expect(times).toHaveLength(48)
    expect(new Set(times.slice(1).map((time, i) => time - (times[i] ?? 0)))).toEqual(new Set([900_000]))
  }
})

// Two years of each zone, which hold four changes where there are any: one run a day, whatever the clocks do.
test.each(['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Kolkata'])(
  '%s: a daily time runs on each of 730 days',
  (zone) => {
    for (const cron of ['0 2 * * *', '30 2 * * *', '15 1 * * *', '0 0 * * *', '59 23 * * *']) {
      const times = occurrences(timing(cron, zone), at('2026-01-01T12:00Z'), at('2028-01-01T12:00Z'))
      const days = times.map((time) => {
        const { year, month, day } = wallClock(time, zone)
        return `${year}-${month}-${day}`
      })
      expect(new Set(days).size, cron).toBe(730)
      expect(days, cron).toHaveLength(730)
    }
  },
)

test('however a span is cut, each time falls into exactly one piece', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Kolkata']
  const crons = ['0 2 * * *', '*/30 * * * *', '*/20 1-3 * * *', '0 3 * * sun']
  const start = at('2026-01-01T00:00Z')
  const days = 730
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...crons),
      fc.integer({ min: 0, max: days * 1440 }),
      fc.array(fc.integer({ min: 0, max: 4 * 1440 }), { minLength: 1, maxLength: 6 }),
      (zone, cron, from, lengths) => {
        const all = timing(cron, zone)
        const cuts = [start + from * 60_000]
        for (const length of lengths) cuts.push((cuts.at(-1) ?? start) + length * 60_000)
        const pieces = cuts.slice(1).flatMap((to, i) => occurrences(all, cuts[i] ?? to, to))
        expect(pieces).toEqual(occurrences(all, cuts[0] ?? start, cuts.at(-1) ?? start))
      },
    ),
    { numRuns: 40 },
  )
})

test('finds 29 February eight years on', () => {
  const next = nextOccurrence(timing('0 0 29 2 *', 'UTC'), at('2096-03-01T00:00Z'))
  expect(new Date(next ?? 0).toISOString()).toBe('2104-02-29T00:00:00.000Z')
})
