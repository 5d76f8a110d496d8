import { expect, test } from 'vitest'
import { durationMs } from '#base/duration.ts'

test.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['2w', 1_209_600_000],
  ['0s', 0],
  ['5 minutes', undefined],
  ['5', undefined],
  ['', undefined],
  ['-1h', undefined],
])('%j', (text, expected) => {
  expect(durationMs(text)).toBe(expected)
})
