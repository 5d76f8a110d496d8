import { expect, test } from 'vitest'
import { humanDuration } from '#doubles/kubernetes/object-age.ts'

test.each([
  [5, '5s'],
  [119, '119s'],
  [130, '2m10s'],
  [180, '3m'],
  [3600, '60m'],
  [3 * 3600 + 61, '3h1m'],
  [9 * 3600 + 61, '9h'],
  [50 * 3600, '2d2h'],
  [9 * 86_400 + 5, '9d'],
  [800 * 86_400, '2y70d'],
])('an age of %d seconds is %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text)
})
