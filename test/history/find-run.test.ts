import { expect, test } from 'vitest'
import { findRun } from '#history/find-run.ts'
import { runSummary } from '../support/run-record.ts'

const runs = ['2026-11-24T17-05-09-3f2a', '2026-11-24T16-00-00-91bc', '2026-11-23T16-00-00-0001'].map((id) =>
  runSummary(id),
)

test.each([
  ['latest', 0],
  ['latest~2', 2],
  ['3f2a', 0],
  ['2026-11-23', 2],
  ['2026-11-24T16-00-00-91bc', 1],
])('%s', (wanted, index) => {
  expect(findRun(runs, wanted)).toBe(runs[index])
})

test.each([
  ['latest~3', 'Only 3 runs are recorded.'],
  ['2026-11-24', '"2026-11-24" is part of 2 runs.'],
  ['2026-11-24T17-05-09-3f2b', 'There is no run "2026-11-24T17-05-09-3f2b".'],
])('%s is refused', (wanted, message) => {
  expect(() => findRun(runs, wanted)).toThrow(message)
})

test('without any run it says so', () => {
  expect(() => findRun([], 'latest')).toThrow('No run is recorded here.')
})
