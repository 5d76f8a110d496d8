import type { Resource } from '#model/change.ts'
import type { Spent, TaskCost } from '#model/cost.ts'
import type { Task } from '#model/program.ts'
import { certainTasks } from './certain-steps.ts'
import { DryWriter } from './dry-writer.ts'
import { Foresight } from './foresight.ts'
import { findNeighbours, mayBeJoined } from './join-ahead.ts'
import {
  asksOnlyHost,
  type Company,
  companyOf,
  failsOnHost,
  isPlainCall,
  mayReachOthers,
  reachesOthers,
} from './may-run-ahead.ts'
import type { Place, Upcoming } from './play-state.ts'
import { everything, isNamedBy, mayTouchAll, touches } from './resources.ts'
import { type ModuleCall, mustSettle, type Planned, writesOnce } from './run-module.ts'
import { Stretch } from './stretch.ts'
import { planned as plannedOnForesight } from './write-ahead.ts'

/** One call of a task, as check mode saw it; without a plan where that depends on earlier changes. */
export interface SeenCall {
  readonly call: ModuleCall
  readonly reads: Resource[]
  planned?: Planned
}

export interface SeenTask {
  readonly task: Task
  readonly host: string
  readonly place: Place
  readonly calls: readonly SeenCall[]
  /** Check mode cannot tell what it does. */
  readonly isOpen: boolean
  /** Questions left in its turn: what would have to be asked anew leaves with them. */
  readonly hasAsked: boolean
}

type Expected = Spent & Pick<TaskCost, 'changes' | 'travelsAlong'>

/**
 * Whether other hosts may have changed what was asked. It is asked anew; where the shell has `noted` the answers of the
 * very next task, only with that task's change.
 */
type Doubt = 'none' | 'noted' | 'unnoted'

/** Changes of neighbouring tasks that travel in one flight. */
interface Row {
  readonly written: Resource[]
  readonly rest: Upcoming | undefined
}

/** Foresees what the changes of one host cost, task by task, by the rules of `writeAhead`. */
export class Forecast {
  /** All that has been changed so far, as if it had been. */
  #world: Foresight | undefined
  #row: Row | undefined
  #doubt: Doubt = 'none'
  /** Of the task that is being carried out: hosts feel each other's changes when all are through. */
  #raised: Doubt = 'none'
  /** Tasks whose changes the one before them makes. */
  #joined: ReadonlySet<Task> = new Set()

  async expect(seen: SeenTask): Promise<Expected> {
    const company = companyOf(seen.host, seen.place)
    if (this.#row && !isCertain(seen.task, this.#row.rest)) this.#row = undefined
    if (seen.hasAsked) this.#doubt = 'none'
    const costs: Expected[] = []
    for (const call of seen.calls) costs.push(await this.#call(seen, call, company))
    if (seen.isOpen && seen.calls.length === 0) costs.push(this.#unforeseen(seen))
    if (costs.length === 0 && this.#doubt === 'noted') this.#doubt = 'unnoted'
    if (this.#raised !== 'none') this.#doubt = this.#raised
    this.#raised = 'none'
    return sum(costs)
  }

  async #call(seen: SeenTask, found: SeenCall, company: Company): Promise<Expected> {
    const { task } = seen
    const { call } = found
    if (call.module.runs === 'controller') return nothing
    const plan = found.planned ?? (await this.#planned(seen, found))
    if (!plan) return this.#unforeseen(seen)
    if (plan.changes.length === 0 || !call.module.apply) return this.#asked(task)
    const cost = this.#joined.has(task)
      ? { ...nothing, travelsAlong: true }
      : await this.#changed({ seen, found, plan, company })
    await this.#follow(task, call, plan)
    return { ...cost, changes: 'some' }
  }

  async #changed(changing: Omit<Sending, 'written'>): Promise<Expected> {
    const { seen, found, plan, company } = changing
    const { call } = found
    const neighbours = await findNeighbours(seen, { call, planned: plan })
    if (!neighbours) {
      const isOne = writesOnce(call, plan) && asksOnlyHost(seen.task)
      return this.#sent({ ...changing, written: isOne ? await dryRun(call, plan) : undefined })
    }
    const { args, changes, touched, members } = neighbours
    const flights = (this.#asksAnew(changing) ? 1 : 0) + 1
    this.#joined = new Set(members.map(({ task }) => task))
    this.#row = undefined
    this.#doubt = 'none'
    if (company.lockstep && mayTouchAll(touched)) this.#raised = 'unnoted'
    const whole = await dryRun({ ...call, args }, { ...plan, changes })
    return { ...nothing, bytes: whole?.bytes ?? 0, processes: whole?.processes ?? 0, flights }
  }

  /** Its change cannot be sent on the condition that what was asked still holds. */
  #asksAnew({ seen: { task, place }, found: { call } }: Omit<Sending, 'written'>): boolean {
    if (this.#doubt === 'noted') return !isPlainCall(task) || mayBeJoined(call.module, task, place)
    return this.#doubt === 'unnoted'
  }

  /** Nothing changes; only what others may have changed has to be asked anew. */
  #asked(task: Task): Expected {
    if (!failsOnHost(task) || !asksOnlyHost(task)) this.#row = undefined
    const flights = this.#doubt === 'none' ? 0 : 1
    this.#doubt = 'none'
    return { ...nothing, flights }
  }

  #sent(sending: Sending): Expected {
    const { seen, found, plan, written } = sending
    const own = { bytes: written?.bytes ?? 0, processes: written?.processes ?? 0, changes: 'some' as const }
    const asked = this.#asksAnew(sending) ? 1 : 0
    if (standsAlone(sending)) {
      this.#row = undefined
      this.#doubt = 'none'
      if (waitsForOthers(sending) && mayTouchAll(plan.touched)) this.#raised = 'noted'
      return { ...own, flights: asked + alone(sending), travelsAlong: false }
    }
    const travelsAlong = this.#row !== undefined && this.#doubt === 'none' && this.#mayFollow(found)
    if (!travelsAlong) this.#row = { written: [], rest: seen.place.rest }
    this.#doubt = 'none'
    this.#row?.written.push(...plan.touched)
    if (!failsOnHost(seen.task)) this.#row = undefined
    return { ...own, flights: asked + (travelsAlong ? 0 : 1), travelsAlong }
  }

  /** Whether no change of the row alters what this call is planned on, or says how; and it waits for no neighbours. */
  #mayFollow({ call: { module }, reads }: SeenCall): boolean {
    if (module.join) return false
    const written = this.#row?.written ?? []
    const altered = reads.filter((read) => written.some((one) => touches(one, read) && isNamedBy(one, read)))
    return altered.length === 0 || module.foretells !== undefined || this.#wasForetold
  }

  /** The last call could be planned only on what earlier changes foretold. */
  #wasForetold = false

  async #planned(seen: SeenTask, found: SeenCall): Promise<Planned | undefined> {
    this.#wasForetold = false
    const { task, host, place } = seen
    if (!this.#world || !isPlainCall(task)) return undefined
    const stretch = new Stretch(undefined, '', this.#world)
    // Check mode is as good here as any: nothing is sent.
    const asker = {
      pending: stretch.pending,
      fits: () => true,
      readerFor: (call: ModuleCall) => stretch.readerFor(call),
    }
    const company = { forbids: false, lockstep: false }
    const foreseen = await plannedOnForesight({ key: task.id, task }, asker, { host, place, company }).catch(
      () => undefined,
    )
    if (foreseen === undefined || typeof foreseen === 'string') return undefined
    this.#wasForetold = found.planned === undefined
    return foreseen.planned
  }

  /** What it does cannot be known: one flight, and everything after it is asked anew with it. */
  #unforeseen({ task, place, calls }: SeenTask): Expected {
    const reads = calls.flatMap((one) => one.reads)
    const mayFollow = calls.length === 1 && isPlainCall(task) && !calls[0]?.call.module.join
    const travelsAlong = this.#row !== undefined && mayFollow && this.#isUntouched(reads)
    if (!travelsAlong) this.#row = { written: [], rest: place.rest }
    this.#row?.written.push(...(reads.length > 0 ? reads : everything))
    return { ...nothing, flights: travelsAlong ? 0 : 1, changes: 'unknown', travelsAlong }
  }

  #isUntouched(reads: readonly Resource[]): boolean {
    const written = this.#row?.written ?? []
    return !reads.some((read) => written.some((one) => touches(one, read) && isNamedBy(one, read)))
  }

  async #follow(task: Task, call: ModuleCall, plan: Planned): Promise<void> {
    const { store } = call.session
    this.#world ??= new Foresight(store, { get: (id) => store.known(id) })
    await new Stretch(undefined, '', this.#world).follow(task, call, plan)
  }
}

interface Sending {
  readonly seen: SeenTask
  readonly found: SeenCall
  readonly plan: Planned
  readonly company: Company
  readonly written: Awaited<ReturnType<typeof dryRun>>
}

/** Its change is no frame that others may follow, or precede, in its flight. */
const standsAlone = (sending: Sending): boolean =>
  !sending.written || sending.company.forbids || sending.written.isTransfer || waitsForOthers(sending)

/** How many flights it takes then: what it comes to is asked behind one frame, or after several. */
const alone = ({ written, found }: Sending): number => (!written && mustSettle(found.call) ? 2 : 1)

/** In lockstep it waits until all hosts have come to it, and what it may do to them is asked again. */
const waitsForOthers = ({ company, found, plan }: Sending): boolean =>
  company.lockstep && (mayReachOthers(found.call.module) || reachesOthers(plan.touched))

const nothing: Expected = { flights: 0, bytes: 0, processes: 0, changes: 'none', travelsAlong: false }

/** What a module that writes once would send; undefined when it would do something else. */
async function dryRun(call: ModuleCall, plan: Planned) {
  const host = new DryWriter(call.session.name)
  const { module, args, controller, signal } = call
  const { state, changes } = plan
  try {
    await module.apply?.({ args, state, changes, host, controller, signal, progress: () => undefined })
  } catch {
    // It asks what has become of its change: that travels behind it.
  }
  return host.writes.length === 1 ? host.writes[0] : undefined
}

const isCertain = (task: Task, rest: Upcoming | undefined): boolean =>
  [...certainTasks(rest)].some(({ id }) => id === task.id)

function sum(costs: readonly Expected[]): Expected {
  const total = (field: keyof Spent) => costs.reduce((all, one) => all + one[field], 0)
  const kinds = costs.map(({ changes }) => changes)
  return {
    flights: total('flights'),
    bytes: total('bytes'),
    processes: total('processes'),
    changes: kinds.includes('some') ? 'some' : kinds.includes('unknown') ? 'unknown' : 'none',
    travelsAlong: costs.length > 0 && costs.every(({ travelsAlong }) => travelsAlong),
  }
}
