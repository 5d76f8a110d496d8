import { isRunning, type Ledger } from '#app/schedule-ledger.ts'
import type { Schedule, ScheduleFile } from '#model/schedule.ts'
import type { Slot } from '#model/slot.ts'
import { alertsFor, staleAlert } from './alerts-for.ts'
import { decideSlots } from './decide-slots.ts'
import { jitterOf } from './jitter.ts'
import { maintenanceAt } from './maintenance.ts'
import { retryAt } from './retry.ts'

/** What a tick works with. */
export interface SchedulerWorld {
  readonly ledger: Ledger
  readonly file: ScheduleFile
  readonly now: number
  /** Starts the process that will claim the slot. Called again for a slot that none has claimed. */
  start(schedule: Schedule, slot: Slot): void
  /** Whether a process was started for the slot, and has neither claimed it nor ended. */
  isStarting(slot: Slot): boolean
  /** Ends the process that holds a slot: in order, or at once. */
  end(slot: Slot, how: 'in order' | 'at once'): void
  /** Called between the steps; tests end the process there. */
  stage?(name: string): void
}

/** A run gets so long to end in order after its deadline. */
const graceMs = 60_000

/**
 * One look at the clock. Every step reads the ledger and writes its result there before the next, so that it does not
 * matter when the last look was, or where it was cut off.
 */
export function tick(world: SchedulerWorld): void {
  const { ledger, file, now, stage } = world
  for (const schedule of file.schedules) {
    const paused = schedule.paused || ledger.isPaused(schedule.name, now)
    ledger.decide(schedule.name, now, (from) => decideSlots(schedule, { from, now, paused }))
    stage?.('decided')
  }
  const known = new Map(file.schedules.map((schedule) => [schedule.name, schedule]))
  for (const slot of ledger.open()) {
    if (slot.state === 'started') lookAfter(slot, known.get(slot.schedule), world)
  }
  stage?.('looked after')
  if (!maintenanceAt(file.maintenance, now)) startDue(known, world)
  stage?.('started')
  reportEnds(world)
  for (const schedule of file.schedules) reportStale(schedule, world)
  stage?.('reported')
}

/** A run whose process is gone was killed; one that overstays is ended. */
function lookAfter(slot: Slot, schedule: Schedule | undefined, world: SchedulerWorld): void {
  const { ledger, now } = world
  if (!slot.process || !isRunning(slot.process)) {
    const again = retryAt(schedule, slot.attempt, { outcome: 'killed', now })
    ledger.finish(slot, { outcome: 'killed', now, ...(again !== undefined && { retryAt: again }) })
    return
  }
  const over = now - (slot.startedAt ?? now) - (schedule?.deadline ?? Number.POSITIVE_INFINITY)
  if (over > graceMs) world.end(slot, 'at once')
}

function startDue(known: ReadonlyMap<string, Schedule>, world: SchedulerWorld): void {
  const open = world.ledger.open()
  const started = open.filter(({ state }) => state === 'started')
  const busy = new Map(started.map((slot) => [slot.schedule, slot] as const))
  const held = new Set(started.flatMap(({ schedule }) => known.get(schedule)?.locks ?? []))
  for (const slot of open.filter(({ state }) => state === 'due')) {
    const schedule = known.get(slot.schedule)
    if (!schedule) world.ledger.skip(slot, 'it is no longer in schedules.yml', world.now)
    else if (isReady(slot, schedule, world.now)) startReady(slot, schedule, { busy, held, world })
  }
}

interface Taken {
  readonly busy: Map<string, Slot>
  readonly held: Set<string>
  readonly world: SchedulerWorld
}

function startReady(slot: Slot, schedule: Schedule, { busy, held, world }: Taken): void {
  const running = busy.get(slot.schedule)
  if (running) {
    overlapping(slot, running, schedule, world)
    return
  }
  if (schedule.locks.some((lock) => held.has(lock))) return
  for (const lock of schedule.locks) held.add(lock)
  busy.set(slot.schedule, slot)
  if (!world.isStarting(slot)) world.start(schedule, slot)
  world.stage?.('start')
}

function isReady(slot: Slot, schedule: Schedule, now: number): boolean {
  const from = slot.notBefore ?? (slot.manual ? slot.at : slot.at + jitterOf(schedule.name, schedule.jitter))
  return from <= now
}

function overlapping(slot: Slot, running: Slot, schedule: Schedule, world: SchedulerWorld): void {
  // One that is only being started is not under way yet, and a retry waits for its turn.
  if (running.state !== 'started' || slot.attempt > 0) return
  if (schedule.overlap === 'skip') {
    world.ledger.skip(
      slot,
      `the run before it, due ${new Date(running.at).toISOString()}, still goes on`,
      world.now,
    )
  }
  if (schedule.overlap === 'replace') world.end(running, 'in order')
}

function reportEnds({ ledger, now }: SchedulerWorld): void {
  for (const slot of ledger.unreported()) {
    const before = ledger.latest(50, slot.schedule).find((one) => one.at < slot.at && one.state === 'ended')
    ledger.report(slot, alertsFor(slot, before), now)
  }
}

function reportStale(schedule: Schedule, { ledger, now }: SchedulerWorld): void {
  const { name } = schedule
  const stale = staleAlert(schedule, ledger.lastSuccess(name), ledger.since(name) ?? now, now)
  if (stale) ledger.raise({ kind: 'stale', schedule: name, text: stale.text }, stale.key, now)
}
