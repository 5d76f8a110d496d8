import { backupPeriod } from './backup-period.ts'
import { type KeepOption, type KeepRule, keepOptions } from './keep-rule.ts'

/** A backup of one group: of one guest, one data set, one cluster. */
export interface Backup {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** A person said that it stays. It counts for nothing and is never removed. */
  readonly isProtected?: boolean
  /** Its content was read back and found whole. */
  readonly isVerified?: boolean
}

/** Why a backup stays, or that no option wants it. */
export type Mark = KeepOption | 'protected' | 'remove'

/**
 * What a rule says of each backup of one group, newest first: the algorithm of Proxmox VE and Proxmox Backup Server
 * (`prune_mark_backup_group`, `compute_prune_info`).
 *
 * 1. Options go in the order of `keepOptions`.
 * 2. A period in which an earlier option kept a backup is passed over and costs nothing. Its backups stay unmarked.
 * 3. Of each other period the newest unmarked backup is kept, until the option has used up its number of periods.
 * 4. Further unmarked backups of the periods in 3 are removed, and later options do not see them.
 * 5. What is unmarked in the end is removed.
 */
export function markBackups(backups: readonly Backup[], rule: KeepRule, zone: string): readonly Marked[] {
  const newestFirst = backups.toSorted((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1))
  const marks = new Map<Backup, Mark>()
  for (const one of newestFirst) if (one.isProtected) marks.set(one, 'protected')
  const free = newestFirst.filter((one) => !one.isProtected)
  for (const option of keepOptions) markFor(option, rule[option] ?? 0, { free, marks, zone })
  return newestFirst.map((backup) => ({ backup, mark: marks.get(backup) ?? 'remove' }))
}

export interface Marked {
  readonly backup: Backup
  readonly mark: Mark
}

interface Marking {
  readonly free: readonly Backup[]
  readonly marks: Map<Backup, Mark>
  readonly zone: string
}

function markFor(option: KeepOption, count: number, { free, marks, zone }: Marking): void {
  const period = (backup: Backup): string => backupPeriod(option, backup.at, zone)
  const covered = new Set(free.filter((one) => isKept(marks.get(one))).map(period))
  const used = new Set<string>()
  for (const backup of free) {
    if (marks.has(backup) || covered.has(period(backup))) continue
    if (used.has(period(backup))) marks.set(backup, 'remove')
    else if (used.size >= count) return
    else {
      used.add(period(backup))
      marks.set(backup, option)
    }
  }
}

const isKept = (mark: Mark | undefined): boolean => mark !== undefined && mark !== 'remove'
