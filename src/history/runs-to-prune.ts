import type { RunSummary } from '#model/run-record.ts'
import { runKind } from './run-kind.ts'

/** Which records may go. At least one of both is given. */
export interface PruneRule {
  /** The newest so many of each kind of run: of each schedule, and of each set of playbooks. */
  readonly keep?: number
  /** Days; younger ones stay. */
  readonly olderThanDays?: number
}

const dayMs = 86_400_000

/**
 * The runs that a rule removes, of runs that are ordered newest first. With both limits a run goes only when both
 * say so. Whatever they say, the newest of each kind and what still runs stay.
 */
export function runsToPrune(
  runs: readonly RunSummary[],
  rule: PruneRule,
  now: number,
): readonly RunSummary[] {
  const seen = new Map<string, number>()
  return runs.filter((run) => {
    const kind = runKind(run)
    const newer = seen.get(kind) ?? 0
    seen.set(kind, newer + 1)
    if (run.state === 'running') return false
    const surplus = newer >= Math.max(1, rule.keep ?? 1)
    const old = rule.olderThanDays === undefined || run.startedAt < now - rule.olderThanDays * dayMs
    return surplus && old
  })
}
