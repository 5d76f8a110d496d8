import { afterGap, instantsOf, offsetAt, type WallMinute, wallClock } from '#base/zoned-time.ts'
import type { CronTimes } from './cron-expression.ts'

export interface Timing {
  readonly times: CronTimes
  readonly zone: string
  /** What becomes of a time of day that setting the clocks forward leaves out. */
  readonly gap: 'run-after' | 'skip'
}

const dayMs = 86_400_000

/**
 * When a schedule is due after `from` up to and with `to`, in milliseconds since 1970, earliest first.
 *
 *     clocks forward 02:00 → 03:00     a time of day in between: at 03:00, or not at all (`gap`)
 *     clocks back    03:00 → 02:00     a time of day that comes twice: the first time only
 *     every hour (`*`)                 a rhythm: each time the clock shows it, so twice, and never in between
 */
export function occurrences(timing: Timing, from: number, to: number): readonly number[] {
  const found = new Set<number>()
  for (const day of daysBetween(from, to, timing.zone)) {
    if (!isOn(day, timing.times)) continue
    for (const at of onDay(day, timing)) if (at > from && at <= to) found.add(at)
  }
  return [...found].sort((a, b) => a - b)
}

/** The next time after `from`; undefined when there is none in the next nine years (29 February, at worst eight). */
export function nextOccurrence(timing: Timing, from: number): number | undefined {
  for (let days = 2, start = from; start < from + 9 * 366 * dayMs; start += days * dayMs, days *= 2) {
    const [first] = occurrences(timing, start, start + days * dayMs)
    if (first !== undefined) return first
  }
  return undefined
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
}

/** Calendar days, with one to spare on either side: no zone is further from UTC than 14 hours. */
function* daysBetween(from: number, to: number, zone: string): Iterable<Day> {
  const start = wallClock(from, zone)
  const first = Date.UTC(start.year, start.month - 1, start.day) - dayMs
  for (let noon = first + dayMs / 2; noon < to + 2.5 * dayMs; noon += dayMs) {
    const date = new Date(noon)
    yield {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
    }
  }
}

const isOn = ({ month, day, weekday }: Day, times: CronTimes): boolean =>
  times.months.has(month) && times.days.has(day) && times.weekdays.has(weekday)

function* onDay({ year, month, day }: Day, timing: Timing): Iterable<number> {
  const midnight = Date.UTC(year, month - 1, day)
  const offset = offsetAt(midnight - dayMs, timing.zone)
  // On most days nothing changes, and arithmetic will do.
  const steady = offset === offsetAt(midnight + 2 * dayMs, timing.zone)
  for (const hour of timing.times.hours) {
    for (const minute of timing.times.minutes) {
      if (steady) yield midnight + (hour * 60 + minute) * 60_000 - offset
      else yield* atChange({ year, month, day, hour, minute }, timing)
    }
  }
}

function atChange(wall: WallMinute, { times, zone, gap }: Timing): readonly number[] {
  const instants = instantsOf(wall, zone)
  if (times.everyHour) return instants
  if (instants.length > 0) return instants.slice(0, 1)
  return gap === 'skip' ? [] : [afterGap(wall, zone)]
}
