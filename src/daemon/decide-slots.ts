import type { Schedule } from '#model/schedule.ts'
import type { Decision } from '#model/slot.ts'
import { parseCron } from './cron-expression.ts'
import { occurrences, type Timing } from './occurrences.ts'

/** Later than this is missed: the daemon looks every few seconds. */
const punctualMs = 60_000
/** Beyond this, a daemon that was away for years would spend minutes on what it leaves anyway. */
const farthestMs = 400 * 86_400_000
const mostAtOnce = 100

export function timingOf({ cron, zone, gap }: Pick<Schedule, 'cron' | 'zone' | 'gap'>): Timing {
  const times = parseCron(cron)
  if ('problem' in times) throw new Error(`The cron expression "${cron}" was not checked: ${times.problem}`)
  return { times, zone, gap }
}

/**
 * What becomes of the times of a schedule after `from` up to `now`. Pure: the same times, sleep, downtime and clock
 * give the same decisions.
 */
export function decideSlots(
  schedule: Schedule,
  { from, now, paused }: { readonly from: number; readonly now: number; readonly paused: boolean },
): readonly Decision[] {
  const times = occurrences(timingOf(schedule), Math.max(from, now - farthestMs), now)
  if (paused) return times.map((at) => ({ at, skip: 'paused' }))
  const late = times.filter((at) => at < now - punctualMs)
  const punctual = times.slice(late.length).map((at): Decision => ({ at }))
  return [...caughtUp(schedule, late, now, punctual.length > 0), ...punctual]
}

function caughtUp(
  { catchUp, catchUpWithin }: Schedule,
  late: readonly number[],
  now: number,
  followed: boolean,
): readonly Decision[] {
  const recent = late.filter((at) => at >= now - catchUpWithin)
  // One that is due now does what the missed ones would have done.
  const wanted =
    catchUp === 'all' ? recent.slice(-mostAtOnce) : catchUp === 'latest' && !followed ? recent.slice(-1) : []
  const runs = new Set(wanted)
  return late.map((at) => {
    if (runs.has(at)) return { at }
    if (catchUp === 'none') return { at, skip: 'missed' }
    return { at, skip: at < now - catchUpWithin ? 'missed: too long ago' : 'missed: a later one runs' }
  })
}
