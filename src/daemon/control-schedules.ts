import { explainedUsage } from '#app/explained-usage.ts'
import type { Outcome } from '#app/requests.ts'
import { type Ledger, openLedger } from '#app/schedule-ledger.ts'
import { showDiagnostics } from '#app/show-diagnostics.ts'
import { nearest } from '#base/did-you-mean.ts'
import type { Terminal } from '#base/terminal.ts'
import type { Schedule, ScheduleFile } from '#model/schedule.ts'
import { UsageError } from '#model/usage-error.ts'
import type { ScheduleRequest } from './daemon-request.ts'
import { timingOf } from './decide-slots.ts'
import { occurrences } from './occurrences.ts'
import { readSchedules } from './read-schedules.ts'
import { runScheduled } from './run-scheduled.ts'
import { scheduleRows, scheduleTable, slotTable, zonedText } from './schedule-tables.ts'

/** `tsplay schedule`: what is due when, what became of it, and what a person decides about it. */
export async function controlSchedules(
  request: ScheduleRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const isRun = request.action === 'run'
    const trusted = request.action !== 'list'
    const read = await readSchedules(request.file, request.vaultIds, { trusted })
    const shown = isRun ? read.diagnostics.filter(({ severity }) => severity === 'error') : read.diagnostics
    showDiagnostics({ ...read, diagnostics: shown, project: { sources: read.sources } }, terminal)
    if (!read.file) return { exitReason: 'project' }
    if (request.action !== 'run') {
      const ledger = openLedger()
      try {
        act(request, { file: read.file, ledger, terminal })
        return { exitReason: 'done' }
      } finally {
        ledger.close()
      }
    }
    const { at, output, vaultIds } = request
    const schedule = scheduleNamed(read.file, request.name)
    const run = { schedule, output, vaultIds, ...(at !== undefined && { at }) }
    return await runScheduled(run, terminal, signal)
  })
}

interface Scene {
  readonly file: ScheduleFile
  readonly ledger: Ledger
  readonly terminal: Terminal
}

function act(request: Exclude<ScheduleRequest, { action: 'run' }>, scene: Scene): void {
  const { file, ledger, terminal } = scene
  if (request.action === 'list') list(request, scene)
  else if (request.action === 'next') next(request, scene)
  else if (request.action === 'history') history(request, scene)
  else if (request.action === 'pause') {
    const { name } = scheduleNamed(file, request.name)
    ledger.pause(name, request.until, Date.now())
    terminal.notice(`${name} is paused; \`tsplay schedule resume ${name}\` ends that.`)
  } else {
    const { name, paused } = scheduleNamed(file, request.name)
    ledger.resume(name)
    terminal.notice(paused ? `${name} stays paused: the file says so.` : `${name} goes on.`)
  }
}

function list({ format }: { format: 'text' | 'json' }, { file, ledger, terminal }: Scene): void {
  const rows = scheduleRows(file, ledger, Date.now())
  if (format === 'json') terminal.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  else terminal.stdout.write(scheduleTable(rows))
}

function next({ name, count }: { name?: string; count: number }, { file, terminal }: Scene): void {
  const schedules = name === undefined ? file.schedules : [scheduleNamed(file, name)]
  const now = Date.now()
  for (const schedule of schedules) {
    const times = firstTimes(schedule, now, count)
    const lines = times.map((at) => `  ${zonedText(at, schedule.zone)}  ${new Date(at).toISOString()}\n`)
    terminal.stdout.write(`${schedule.name}\n${lines.join('')}`)
  }
}

/** Looks ever farther ahead until there are enough. */
function firstTimes(schedule: Schedule, now: number, count: number): readonly number[] {
  const timing = timingOf(schedule)
  let found: readonly number[] = []
  for (let days = 2; days < 9 * 366 && found.length < count; days *= 2) {
    found = occurrences(timing, now, now + days * 86_400_000)
  }
  return found.slice(0, count)
}

function history(
  request: { name?: string; count: number; format: 'text' | 'json' },
  { file, ledger, terminal }: Scene,
): void {
  // What is no longer in the file still has a past.
  const slots = ledger.latest(request.count, request.name)
  if (slots.length === 0 && request.name !== undefined) scheduleNamed(file, request.name)
  if (request.format === 'json')
    terminal.stdout.write(slots.map((slot) => `${JSON.stringify(slot)}\n`).join(''))
  else if (slots.length === 0) terminal.notice('Nothing has been due yet.')
  else terminal.stdout.write(slotTable(slots))
}

function scheduleNamed({ schedules }: ScheduleFile, name: string): Schedule {
  const found = schedules.find((schedule) => schedule.name === name)
  if (found) return found
  const near = nearest(
    name,
    schedules.map((schedule) => schedule.name),
  )
  throw new UsageError(`There is no schedule "${name}".`, {
    remedy: near === undefined ? 'Run `tsplay schedule list` to see all.' : `Did you mean "${near}"?`,
  })
}
