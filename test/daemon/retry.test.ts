import { expect, test } from 'vitest'
import { jitterOf } from '#daemon/jitter.ts'
import { retryAt } from '#daemon/retry.ts'
import { scheduleOf } from '../support/schedule.ts'

test.each([
  ['failed', 1, 2, 1300],
  ['failed', 2, 2, 1300],
  ['failed', 3, 2, undefined],
  ['failed', 1, 0, undefined],
  ['killed', 1, 1, 1300],
  ['deadline', 1, 1, 1300],
  ['done', 1, 5, undefined],
  ['pending', 1, 5, undefined],
  ['project', 1, 5, undefined],
  ['replaced', 1, 5, undefined],
])('%s in attempt %d of a schedule with %d retries', (outcome, attempt, retries, expected) => {
  const schedule = scheduleOf({ retries, retryDelay: 300 })
  expect(retryAt(schedule, attempt, { outcome, now: 1000 })).toBe(expected)
})

test('a schedule that is gone is not tried again', () => {
  expect(retryAt(undefined, 1, { outcome: 'failed', now: 0 })).toBeUndefined()
})

test('jitter is the same each time, below its limit, and differs between names', () => {
  const all = Array.from({ length: 200 }, (_, i) => jitterOf(`schedule-${i}`, 1000))
  expect(jitterOf('schedule-7', 1000)).toBe(all[7])
  expect(Math.max(...all)).toBeLessThan(1000)
  expect(new Set(all.map((one) => Math.floor(one / 100))).size).toBe(10)
})
