import type { Ledger } from '#app/schedule-ledger.ts'
import type { Schedule, ScheduleFile } from '#model/schedule.ts'
import { timingOf } from './decide-slots.ts'
import { nextOccurrence } from './occurrences.ts'

interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]
}

/** What the daemon knows, in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats). */
export function metricsText(ledger: Ledger, file: ScheduleFile, now: number, lastTick: number): string {
  return metricsOf(ledger, file, now, lastTick).map(textOf).join('')
}

function metricsOf(
  ledger: Ledger,
  { schedules }: ScheduleFile,
  now: number,
  lastTick: number,
): readonly Metric[] {
  const names = schedules.map(({ name }) => name)
  const seconds = (value: (schedule: Schedule) => number | undefined): Metric['values'] =>
    schedules.flatMap((schedule) => {
      const ms = value(schedule)
      return ms === undefined ? [] : [[{ schedule: schedule.name }, ms / 1000] as const]
    })
  return [
    {
      ...gauge('daemon_last_tick_timestamp_seconds', 'When the daemon last looked at its schedules.'),
      values: [[{}, lastTick / 1000]],
    },
    {
      ...gauge('schedule_next_due_timestamp_seconds', 'When the schedule is due next.'),
      values: seconds((schedule) => nextOccurrence(timingOf(schedule), now)),
    },
    {
      ...gauge('schedule_last_success_timestamp_seconds', 'When a run of the schedule last ended well.'),
      values: seconds(({ name }) => ledger.lastSuccess(name)),
    },
    {
      ...gauge('schedule_paused', '1 while the schedule is paused.'),
      values: schedules.map(({ name, paused }) => [
        { schedule: name },
        Number(paused || ledger.isPaused(name, now)),
      ]),
    },
    {
      ...gauge('schedule_running', '1 while a run of the schedule goes on.'),
      values: running(ledger, names),
    },
    {
      name: 'tsplay_schedule_slots_total',
      help: 'Times at which the schedule was due, by how they ended.',
      type: 'counter',
      values: names.flatMap((name) => slotCounts(ledger, name)),
    },
  ]
}

const gauge = (name: string, help: string) => ({ name: `tsplay_${name}`, help, type: 'gauge' as const })

const slotCounts = (ledger: Ledger, schedule: string): Metric['values'] =>
  Object.entries(ledger.outcomes(schedule)).map(([outcome, count]) => [{ schedule, outcome }, count])

function running(ledger: Ledger, names: readonly string[]): Metric['values'] {
  const started = new Set(
    ledger.open().flatMap(({ state, schedule }) => (state === 'started' ? [schedule] : [])),
  )
  return names.map((name) => [{ schedule: name }, Number(started.has(name))])
}

function textOf({ name, help, type, values }: Metric): string {
  const lines = values.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
