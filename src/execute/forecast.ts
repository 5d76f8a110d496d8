import type { Resource } from '#model/change.ts'
import type { Spent, TaskCost } from '#model/cost.ts'
import type { Task } from '#model/program.ts'
import { certainTasks } from './certain-steps.ts'
import { DryWriter } from './dry-writer.ts'
import { Foresight } from './foresight.ts'
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
}

type Expected = Spent & Pick<TaskCost, 'changes' | 'travelsAlong'>

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
  /** Other hosts may have changed what was asked: the next questions leave anew. */
  #isDisturbed = false

  async expect(seen: SeenTask): Promise<Expected> {
    const company = companyOf(seen.host, seen.place)
    if (this.#row && !isCertain(seen.task, this.#row.rest)) this.#row = undefined
    const costs: Expected[] = []
    for (const call of seen.calls) costs.push(await this.#call(seen, call, company))
    if (seen.isOpen && seen.calls.length === 0) costs.push(this.#unforeseen(seen))
    return sum(costs)
  }

  async #call(seen: SeenTask, found: SeenCall, company: Company): Promise<Expected> {
    const { task } = seen
    const { call } = found
    if (call.module.runs === 'controller') return nothing
    const plan = found.planned ?? (await this.#planned(seen, found))
    if (!plan) return this.#unforeseen(seen)
    if (plan.changes.length === 0 || !call.module.apply) return this.#asked(task)
    const isOne = writesOnce(call, plan) && asksOnlyHost(task)
    const written = isOne ? await dryRun(call, plan) : undefined
    const cost = this.#sent({ seen, found, plan, company, written })
    await this.#follow(task, call, plan)
    return { ...cost, changes: 'some' }
  }

  /** Nothing changes; only what others may have changed has to be asked anew. */
  #asked(task: Task): Expected {
    if (!failsOnHost(task) || !asksOnlyHost(task)) this.#row = undefined
    const flights = this.#isDisturbed ? 1 : 0
    this.#isDisturbed = false
    return { ...nothing, flights }
  }

  #sent(sending: Sending): Expected {
    const { seen, found, plan, written } = sending
    const own = { bytes: written?.bytes ?? 0, processes: written?.processes ?? 0, changes: 'some' as const }
    if (standsAlone(sending)) {
      this.#row = undefined
      this.#isDisturbed = waitsForOthers(sending) && mayTouchAll(plan.touched)
      return { ...own, flights: !written && mustSettle(found.call) ? 2 : 1, travelsAlong: false }
    }
    const travelsAlong = this.#row !== undefined && !this.#isDisturbed && this.#isKnown(found)
    if (!travelsAlong) this.#row = { written: [], rest: seen.place.rest }
    this.#isDisturbed = false
    this.#row?.written.push(...plan.touched)
    if (!failsOnHost(seen.task)) this.#row = undefined
    return { ...own, flights: travelsAlong ? 0 : 1, travelsAlong }
  }

  /** Whether no change of the row alters what this call is planned on, or says how. */
  #isKnown({ call: { module }, reads }: SeenCall): boolean {
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
    const travelsAlong =
      this.#row !== undefined && calls.length === 1 && isPlainCall(task) && this.#isUntouched(reads)
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
  !sending.written ||
  sending.company.forbids ||
  sending.written.isTransfer ||
  sending.found.call.module.join !== undefined ||
  waitsForOthers(sending)

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
