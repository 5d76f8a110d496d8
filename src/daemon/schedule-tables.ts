import type { Ledger } from '#app/schedule-ledger.ts'
import { padEnd } from '#base/display-width.ts'
import { wallClock } from '#base/zoned-time.ts'
import type { ScheduleFile } from '#model/schedule.ts'
import type { Slot } from '#model/slot.ts'
import { timingOf } from './decide-slots.ts'
import { nextOccurrence } from './occurrences.ts'

/** One schedule as `tsplay schedule list` shows it. Times are ISO 8601 in UTC. */
export interface ScheduleRow {
  readonly name: string
  readonly cron: string
  readonly zone: string
  readonly what: string
  readonly paused: boolean
  readonly next: string | undefined
  /** How its last time ended. */
  readonly last: string | undefined
  readonly lastSuccess: string | undefined
}

export function scheduleRows(
  { schedules }: ScheduleFile,
  ledger: Ledger,
  now: number,
): readonly ScheduleRow[] {
  return schedules.map((schedule) => {
    const { name, cron, zone, command, playbooks } = schedule
    const last = ledger.latest(20, name).find(({ state }) => state !== 'due')
    return {
      name,
      cron,
      zone,
      what: `${command} ${playbooks.join(' ')}`,
      paused: schedule.paused || ledger.isPaused(name, now),
      next: iso(nextOccurrence(timingOf(schedule), now)),
      last: last && resultOf(last),
      lastSuccess: iso(ledger.lastSuccess(name)),
    }
  })
}

export function scheduleTable(rows: readonly ScheduleRow[]): string {
  const cells = rows.map(({ name, cron, zone, what, paused, next, last }) => [
    name,
    what,
    cron,
    paused ? 'paused' : next === undefined ? 'never' : zonedText(Date.parse(next), zone),
    last ?? '',
  ])
  return table(['SCHEDULE', 'WHAT', 'CRON', 'NEXT', 'LAST'], cells)
}

/** What became of times, newest first. */
export function slotTable(slots: readonly Slot[]): string {
  const cells = slots.map((slot) => [
    slot.schedule,
    new Date(slot.at).toISOString().replace('.000Z', 'Z'),
    slot.manual ? 'by hand' : 'by schedule',
    slot.attempt > 1 ? String(slot.attempt) : '',
    slot.run ?? '',
    resultOf(slot),
  ])
  return table(['SCHEDULE', 'DUE', 'STARTED', 'TRIES', 'RUN', 'RESULT'], cells)
}

/** `Sun 2026-11-29 02:00 Europe/Berlin` */
export function zonedText(at: number, zone: string): string {
  const { year, month, day, hour, minute, weekday } = wallClock(at, zone)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${days[weekday]} ${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} ${zone}`
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function resultOf({ state, outcome, reason, attempt }: Slot): string {
  if (state === 'started') return 'running'
  if (state === 'skipped') return `not run: ${reason}`
  if (state === 'due') return attempt > 0 ? `${outcome}; is tried again` : 'due'
  return outcome ?? ''
}

/** Lines of cells below a heading. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows]
  const widths = heading.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)))
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => padEnd(cell, widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

const iso = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString()
