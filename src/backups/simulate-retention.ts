import { backupsToPrune, type Prune } from './backups-to-prune.ts'
import type { KeepRule } from './keep-rule.ts'
import type { Marked } from './mark-backups.ts'

export interface Simulated {
  /** What is there at the end, newest first. */
  readonly kept: readonly Marked[]
  readonly made: number
  readonly removed: number
  /** The most there ever were at a time, just after a backup and before its pruning. */
  readonly most: number
  /** What the rails held up, and when. */
  readonly refusals: readonly { readonly at: number; readonly text: string }[]
}

/** Makes a verified backup at each time (milliseconds since 1970, in order) and prunes after each, as a run does. */
export function simulateRetention(
  times: readonly number[],
  rule: KeepRule,
  { zone, rails }: Omit<Prune, 'now'>,
): Simulated {
  let kept: readonly Marked[] = []
  let most = 0
  const refusals: { at: number; text: string }[] = []
  for (const at of times) {
    const backup = { name: new Date(at).toISOString(), at, isVerified: true }
    const there = [backup, ...kept.map((one) => one.backup)]
    most = Math.max(most, there.length)
    const pruned = backupsToPrune(there, rule, { zone, rails, now: at })
    refusals.push(...pruned.refusals.map((text) => ({ at, text })))
    const held = pruned.removed.map((one) => ({ backup: one, mark: 'remove' as const }))
    kept = pruned.refusals.length > 0 ? [...pruned.kept, ...held] : pruned.kept
  }
  return { kept, made: times.length, removed: times.length - kept.length, most, refusals }
}
