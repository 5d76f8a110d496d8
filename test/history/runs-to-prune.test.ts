import { expect, test } from 'vitest'
import { runsToPrune } from '#history/runs-to-prune.ts'
import { runSummary } from '../support/run-record.ts'

const day = 86_400_000
const now = 100 * day
/** Newest first; `age` in days. */
const runs = [
  runSummary('a5', { startedAt: now - 1 * day }),
  runSummary('b2', { startedAt: now - 2 * day, playbooks: ['db.yml'] }),
  runSummary('a4', { startedAt: now - 10 * day, state: 'running' }),
  runSummary('a3', { startedAt: now - 20 * day }),
  runSummary('a2', { startedAt: now - 30 * day, state: 'lost' }),
  runSummary('s1', { startedAt: now - 35 * day, due: { schedule: 'nightly', at: 1 } }),
  runSummary('b1', { startedAt: now - 40 * day, playbooks: ['db.yml'] }),
  runSummary('a1', { startedAt: now - 50 * day }),
]

test.each([
  [{ keep: 2 }, ['a3', 'a2', 'a1']],
  [{ keep: 1 }, ['a3', 'a2', 'b1', 'a1']],
  [{ keep: 0 }, ['a3', 'a2', 'b1', 'a1']],
  [{ olderThanDays: 25 }, ['a2', 'b1', 'a1']],
  [{ olderThanDays: 0 }, ['a3', 'a2', 'b1', 'a1']],
  [{ keep: 4, olderThanDays: 25 }, ['a1']],
  [{ keep: 100 }, []],
])('%j', (rule, gone) => {
  expect(runsToPrune(runs, rule, now).map(({ id }) => id)).toEqual(gone)
})
