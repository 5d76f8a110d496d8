import { expect, test } from 'vitest'
import { decideSlots } from '#daemon/decide-slots.ts'
import { scheduleOf } from '../support/schedule.ts'

const hour = 3_600_000
const start = Date.parse('2026-06-01T00:00Z')
const decide = (more: Parameters<typeof scheduleOf>[0], from: number, now: number, paused = false) =>
  decideSlots(scheduleOf(more), { from: start + from, now: start + now, paused }).map(
    ({ at, skip }) => `${(at - start) / hour}${skip === undefined ? '' : ` ${skip}`}`,
  )

test.each([
  ['nothing is due between two times', {}, 0.1, 0.9, []],
  ['a time is due when it has come', {}, 0.9, 1, ['1']],
  ['a look that is a little late changes nothing', {}, 0.9, 1.01, ['1']],
  [
    'after a downtime the latest missed time runs',
    {},
    0.5,
    3.5,
    ['1 missed: a later one runs', '2 missed: a later one runs', '3'],
  ],
  ['a time that is due now stands for the missed ones', {}, 1.5, 3, ['2 missed: a later one runs', '3']],
  ['catch_up: all runs each of them', { catchUp: 'all' as const }, 0.5, 3.5, ['1', '2', '3']],
  ['catch_up: none runs none of them', { catchUp: 'none' as const }, 0.5, 3, ['1 missed', '2 missed', '3']],
  [
    'what is too long ago is left',
    { catchUpWithin: hour / 4 },
    0.5,
    2.5,
    ['1 missed: too long ago', '2 missed: too long ago'],
  ],
  ['a clock that went back decides nothing', {}, 3, 1, []],
])('%s', (_, more, from, now, expected) => {
  expect(decide(more, from * hour, now * hour)).toEqual(expected)
})

test('while it is paused, times are passed over', () => {
  expect(decide({}, 0.5 * hour, 2 * hour, true)).toEqual(['1 paused', '2 paused'])
})

test('after years away no more than a hundred are caught up with', () => {
  const all = decide({ catchUp: 'all', catchUpWithin: 10_000 * 24 * hour }, 0, 3 * 365 * 24 * hour)
  expect(all.filter((text) => !text.includes('missed')).length).toBeLessThanOrEqual(101)
})
