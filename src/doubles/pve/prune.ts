export interface Prunable {
  readonly volid: string
  /** Seconds since 1970. */
  readonly at: number
  readonly isProtected: boolean
}

export type Mark = 'keep' | 'remove' | 'protected'

const options = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

/** `keep-last=1,keep-weekly=4`; undefined for what is no such text. */
export function parseKeep(text: string): ReadonlyMap<string, number> | undefined {
  const pairs = text
    .split(',')
    .map((part) => /^keep-(all|last|hourly|daily|weekly|monthly|yearly)=(\d+)$/.exec(part))
  if (pairs.some((pair) => !pair)) return undefined
  return new Map(pairs.map((pair) => [pair?.[1] ?? '', Number(pair?.[2])]))
}

/**
 * Which backups of one guest stay: pve-storage, PVE/Storage.pm `prune_mark_backup_group`. Options go one after the
 * other; a period that already has a kept backup is passed over and costs nothing, the newest of a new period is
 * kept, and the others of that period are removed. What no option spoke of is removed; no option at all keeps all.
 */
export function markBackups(
  backups: readonly Prunable[],
  keep: ReadonlyMap<string, number>,
): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>(
    backups.filter((one) => one.isProtected).map(({ volid }) => [volid, 'protected']),
  )
  const newest = backups.filter((one) => !one.isProtected).toSorted((a, b) => b.at - a.at)
  const isAll = (keep.get('all') ?? 0) > 0 || options.every((option) => (keep.get(option) ?? 0) === 0)
  if (isAll) for (const { volid } of newest) marks.set(volid, 'keep')
  else
    for (const option of options)
      markOption(newest, marks, { count: keep.get(option) ?? 0, period: (at) => periodOf(option, at) })
  for (const { volid } of newest) if (!marks.has(volid)) marks.set(volid, 'remove')
  return marks
}

function markOption(
  newest: readonly Prunable[],
  marks: Map<string, Mark>,
  { count, period }: { readonly count: number; readonly period: (at: number) => string },
): void {
  const covered = new Set(
    newest.filter(({ volid }) => marks.get(volid) === 'keep').map(({ at }) => period(at)),
  )
  const fresh = new Set<string>()
  for (const { volid, at } of newest) {
    if (marks.has(volid) || covered.has(period(at))) continue
    const isFirst = !fresh.has(period(at))
    if (isFirst && fresh.size >= count) return
    fresh.add(period(at))
    marks.set(volid, isFirst ? 'keep' : 'remove')
  }
}

/** In the host's own time; weeks are those of ISO 8601. */
function periodOf(option: (typeof options)[number], at: number): string {
  const date = new Date(at * 1000)
  const [year, month, day, hour] = [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours()]
  const periods = {
    last: at,
    hourly: `${year} ${month} ${day} ${hour}`,
    daily: `${year} ${month} ${day}`,
    weekly: isoWeek(date),
    monthly: `${year} ${month}`,
    yearly: year,
  }
  return String(periods[option])
}

/** The week of the Thursday in it. */
function isoWeek(date: Date): string {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7))
  const first = new Date(thursday.getFullYear(), 0, 1)
  return `${thursday.getFullYear()} ${Math.floor((thursday.getTime() - first.getTime()) / 604_800_000)}`
}
