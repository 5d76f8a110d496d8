import type { Task } from '#model/program.ts'
import { callKey } from './ahead-calls.ts'
import { certainTasks } from './certain-steps.ts'
import type { ForeseenCall } from './foreseen-call.ts'
import { Foresight } from './foresight.ts'
import { heard } from './heard.ts'
import { companyOf, failsOnHost, isPlainCall } from './may-run-ahead.ts'
import type { CallSite } from './module-call.ts'
import type { Place } from './play-state.ts'
import { readBehind, shrinkReadahead } from './readahead.ts'
import { mayTouchAll } from './resources.ts'
import {
  type Applied,
  type Joint,
  type ModuleCall,
  mustSettle,
  outcomeOf,
  type Planned,
  secondPlan,
} from './run-module.ts'
import { Stretch } from './stretch.ts'
import { planned } from './write-ahead.ts'

export interface PlannedCall {
  readonly call: ModuleCall
  readonly planned: Planned
}

/**
 * Makes the changes of the tasks after this one together with its own, where its module can: neighbouring installations as
 * one. Each is judged and reported in its turn. When the joint change fails, each is made in its turn as well, so that
 * the one that is to blame says so.
 */
export async function joinAhead(
  { task, host, runsOn }: Pick<CallSite, 'task' | 'host' | 'runsOn'>,
  place: Place,
  first: PlannedCall,
): Promise<Joint | undefined> {
  const { ahead } = place.state.run.host(host)
  if (runsOn !== host || ahead.length > 0) return undefined
  const neighbours = await findNeighbours({ task, host, place }, first)
  if (!neighbours) return undefined
  const { members, ...whole } = neighbours
  const made = Promise.withResolvers<Applied>()
  made.promise.catch(() => undefined)
  const runs = members.map((member) => runOf(member, made.promise))
  ahead.push(...runs)
  return {
    ...whole,
    begun() {
      for (const { settle } of runs) settle()
      const settled = members.map((one) => one.task)
      // Other hosts make the same change, after which everything has to be asked again.
      if (companyOf(host, place).lockstep && mayTouchAll(whole.touched))
        shrinkReadahead(place.state.run.host(host))
      else readBehind(task, host, place, { count: settled.length, settled })
    },
    made: made.resolve,
    failed: () => made.reject(new Error('The joint change failed.')),
  }
}

export interface Neighbours extends Pick<Planned, 'changes' | 'touched'> {
  /** Those that come next, in order. */
  readonly members: readonly ForeseenCall[]
  /** Of the one call that does the work of all. */
  readonly args: unknown
}

/** The tasks after this one whose changes its module can make together with its own; undefined when there are none. */
export async function findNeighbours(
  { task, host, place }: { readonly task: Task; readonly host: string; readonly place: Place },
  { call, planned: plan }: PlannedCall,
): Promise<Neighbours | undefined> {
  const { module } = call
  if (!module.join || call.detached || call.guard || call.timeoutMs !== undefined) return undefined
  if (!isPlainCall(task) || !failsOnHost(task) || companyOf(host, place).forbids) return undefined
  const members = await membersOf(call, place, host)
  if (members.length === 0) return undefined
  const all = [
    { args: call.args, ...plan },
    ...members.map((one) => ({ args: one.call.args, ...one.planned })),
  ]
  const whole = module.join(all)
  return whole && { ...whole, touched: all.flatMap(({ touched }) => touched), members }
}

/** Whether the next task is of the same kind, so that it may be worth to wait with this one until both can be planned. */
export function mayBeJoined(module: ModuleCall['module'], task: Task, place: Place): boolean {
  const [next] = certainTasks(place.rest)
  return module.join !== undefined && next?.module === task.module
}

/** Those that come next and ask for something that is not there, with the options of the first. */
async function membersOf(first: ModuleCall, place: Place, host: string): Promise<readonly ForeseenCall[]> {
  const { store } = first.session
  const stretch = new Stretch(undefined, '', new Foresight(store, { get: (id) => store.known(id) }))
  stretch.fits(first)
  const found: ForeseenCall[] = []
  for (const task of certainTasks(place.rest)) {
    const next = await foreseen(task, stretch, { host, place })
    if (next !== 'skipped' && !(next && joins(next, first, found))) break
    if (next !== 'skipped') found.push(next)
    stretch.skip(task)
  }
  return found
}

async function foreseen(
  task: Task,
  stretch: Stretch,
  { host, place }: { readonly host: string; readonly place: Place },
): Promise<ForeseenCall | 'skipped' | undefined> {
  if (!isPlainCall(task) || !failsOnHost(task)) return undefined
  const company = { forbids: false, lockstep: false }
  const one = { key: callKey(task, undefined), task }
  const next = await planned(one, stretch, { host, place, company }).catch(() => undefined)
  return next === 'open' ? undefined : next
}

function joins(next: ForeseenCall, first: ModuleCall, others: readonly ForeseenCall[]): boolean {
  const { call, planned: plan } = next
  const isAlike = call.module === first.module && JSON.stringify(call.env) === JSON.stringify(first.env)
  return isAlike && plan.changes.length > 0 && agree(first, [...others, next])
}

const agree = (first: ModuleCall, others: readonly ForeseenCall[]): boolean =>
  first.module.join?.([
    { args: first.args, state: undefined, changes: [] },
    ...others.map(({ call }) => ({ args: call.args, state: undefined, changes: [] })),
  ]) !== undefined

function runOf({ key, taskName, call, planned: plan }: ForeseenCall, made: Promise<Applied>) {
  let early: Promise<readonly string[] | undefined> | undefined
  const outcome = made.then(
    async ({ applied, wroteOnce }) => {
      const second = wroteOnce ? await early : undefined
      const unsettled = second ?? (mustSettle(call) ? await secondPlan(call) : [])
      // What they touch was touched by the joint change.
      return outcomeOf(call, { ...plan, touched: [] }, { applied, unsettled })
    },
    () => undefined,
  )
  return {
    key,
    taskName,
    call,
    outcome: heard(outcome),
    // What the joint change says while it is made, the first of them says.
    attach: () => undefined,
    /** Begins its second plan, whose questions travel behind the joint change. */
    settle() {
      if (mustSettle(call)) early = secondPlan(call).catch(() => undefined)
    },
  }
}
