import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './open-database.ts'

/** How a slot counts. */
const outcomeSql = "CASE state WHEN 'skipped' THEN 'skipped' ELSE coalesce(outcome, 'killed') END"

/** How the slots of a schedule ended, forgotten ones too: `{ done: 12, failed: 1, skipped: 3 }`. */
export function countOutcomes(database: DatabaseSync, schedule: string): Readonly<Record<string, number>> {
  const rows = database
    .prepare(
      `SELECT outcome, sum(n) AS n FROM (
         SELECT ${outcomeSql} AS outcome, count(*) AS n FROM slot
         WHERE schedule = ? AND state IN ('ended', 'skipped') GROUP BY 1
         UNION ALL SELECT outcome, n FROM pruned WHERE schedule = ?
       ) GROUP BY 1`,
    )
    .all(schedule, schedule)
  return Object.fromEntries(rows.map((row) => [String(row['outcome']), Number(row['n'])]))
}

/**
 * Forgets slots that were over before then (milliseconds since 1970) and that people were told of, and alerts that were
 * sent. Counters must not fall, so counts stay; and so do each schedule's newest slot and its last success.
 */
export function pruneSlots(database: DatabaseSync, before: number): void {
  const over = `state IN ('ended', 'skipped') AND reported = 1 AND at < ? AND ended < ?
    AND at < (SELECT max(at) FROM slot AS other WHERE other.schedule = slot.schedule)
    AND ended IS NOT (SELECT max(ended) FROM slot AS other WHERE other.schedule = slot.schedule
      AND other.state = 'ended' AND other.outcome IN ('done', 'pending'))`
  inTransaction(database, () => {
    database
      .prepare(
        `INSERT INTO pruned (schedule, outcome, n)
         SELECT schedule, ${outcomeSql}, count(*) FROM slot WHERE ${over} GROUP BY 1, 2
         ON CONFLICT (schedule, outcome) DO UPDATE SET n = pruned.n + excluded.n`,
      )
      .run(before, before)
    database.prepare(`DELETE FROM slot WHERE ${over}`).run(before, before)
    database.prepare('DELETE FROM alert WHERE sent < ?').run(before)
  })
}
