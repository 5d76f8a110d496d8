import { describe, expect, test } from 'vitest'
import { afterGap, instantsOf, isZone, offsetAt, wallClock } from '#base/zoned-time.ts'

const minute = (text: string) => {
  const date = new Date(`${text}:00Z`)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  }
}
const iso = (at: number) => new Date(at).toISOString().replace(':00.000Z', 'Z')

// The changes are those of the IANA database: EU directive 2000/84, US Energy Policy Act, NSW Standard Time Act.
describe.each([
  ['Europe/Berlin', '2026-03-29T02:30', [], '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T02:30', ['2026-10-25T00:30Z', '2026-10-25T01:30Z'], ''],
  ['Europe/Berlin', '2026-07-01T02:30', ['2026-07-01T00:30Z'], ''],
  ['America/New_York', '2026-03-08T02:00', [], '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T01:15', ['2026-11-01T05:15Z', '2026-11-01T06:15Z'], ''],
  ['Australia/Sydney', '2026-10-04T02:59', [], '2026-10-03T16:00Z'],
  ['Australia/Sydney', '2026-04-05T02:30', ['2026-04-04T15:30Z', '2026-04-04T16:30Z'], ''],
  // Half an hour, and a whole day that was left out.
  ['Australia/Lord_Howe', '2026-10-04T02:15', [], '2026-10-03T15:30Z'],
  ['Pacific/Apia', '2011-12-30T12:00', [], '2011-12-30T10:00Z'],
  ['Asia/Kolkata', '2026-03-29T02:30', ['2026-03-28T21:00Z'], ''],
])('%s shows %s', (zone, text, expected, after) => {
  test(`at ${expected.join(' and ') || 'no instant'}`, () => {
    expect(instantsOf(minute(text), zone).map(iso)).toEqual(expected)
    if (expected.length === 0) expect(iso(afterGap(minute(text), zone))).toBe(after)
  })
})

test('reads the clock of a zone', () => {
  expect(wallClock(Date.parse('2026-11-29T01:00:30Z'), 'Asia/Kolkata')).toEqual({
    year: 2026,
    month: 11,
    day: 29,
    hour: 6,
    minute: 30,
    second: 30,
    weekday: 0,
  })
  expect(offsetAt(0, 'UTC')).toBe(0)
})

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Mars/Base', false],
  ['+02:00', false],
  ['', false],
])('%j is a zone: %s', (name, expected) => {
  expect(isZone(name)).toBe(expected)
})
