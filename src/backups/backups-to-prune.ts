import type { KeepRule } from './keep-rule.ts'
import { type Backup, type Marked, markBackups } from './mark-backups.ts'

/** What no rule may break. */
export interface Rails {
  /** Fewer copies than this are never left. */
  readonly minCopies: number
  /** Milliseconds; what is younger stays, whatever the rule says. */
  readonly minAge: number
  /** The part of a group that may go at once, from 0 to 1. A single backup may always go. */
  readonly maxRemoved: number
  /** Removes nothing while the newest backup that is not protected has not been verified. */
  readonly needsVerified: boolean
}

export const usualRails: Rails = { minCopies: 1, minAge: 0, maxRemoved: 0.5, needsVerified: true }

export interface Prune {
  readonly zone: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly rails: Rails
}

export interface Pruned {
  /** Newest first. */
  readonly kept: readonly Marked[]
  readonly removed: readonly Backup[]
  /** Why nothing may be removed, one sentence each. When there is one, `removed` is what would have gone. */
  readonly refusals: readonly string[]
}

/** Divides the backups of one group into those that stay and those that may go, newest first. */
export function backupsToPrune(
  backups: readonly Backup[],
  rule: KeepRule,
  { zone, now, rails }: Prune,
): Pruned {
  const marked = markBackups(backups, rule, zone)
  const goes = ({ mark, backup }: Marked): boolean => mark === 'remove' && now - backup.at >= rails.minAge
  const kept = marked.filter((one) => !goes(one))
  const removed = marked.filter(goes).map(({ backup }) => backup)
  return { kept, removed, refusals: refusalsFor(removed, { all: marked, now, rails }) }
}

interface Group {
  /** Newest first. */
  readonly all: readonly Marked[]
  readonly now: number
  readonly rails: Rails
}

/** Clocks of two machines differ a little. */
const clockDifference = 300_000

/**
 * Why a set of backups must not be removed: also for one that a person picked by hand.
 *
 * A rule alone never removes the newest. It does remove the last verified copy, when what came after it was not
 * verified: such a rotation, with unreadable backups, has cost people all they had (vzborg issue 13).
 */
export function refusalsFor(removed: readonly Backup[], { all, now, rails }: Group): readonly string[] {
  if (removed.length === 0) return []
  const gone = new Set(removed)
  const newest = all[0]?.backup
  // What stays whatever the rule says is not what the rule relies on.
  const counted = all.find(({ mark }) => mark !== 'protected')?.backup
  const verified = all.find(({ backup }) => backup.isVerified)?.backup
  const left = all.length - gone.size
  const share = gone.size / all.length
  const ahead = all.find(({ backup }) => backup.at > now + clockDifference)?.backup
  return [
    newest && gone.has(newest) && `"${newest.name}" is the newest backup.`,
    verified && gone.has(verified) && `"${verified.name}" is the last backup that was verified.`,
    rails.needsVerified &&
      counted &&
      !counted.isVerified &&
      `The newest, "${counted.name}", is not verified yet.`,
    left < rails.minCopies && `${left} would be left, and at least ${rails.minCopies} have to stay.`,
    gone.size > 1 &&
      share > rails.maxRemoved &&
      `${gone.size} of ${all.length} would go at once; at most ${Math.round(rails.maxRemoved * 100)} % may.`,
    ahead && `"${ahead.name}" is dated in the future: a clock is wrong.`,
  ].filter((text) => typeof text === 'string')
}
