import type { Task } from '#model/program.ts'
import { callKey } from './ahead-calls.ts'
import { certainTasks } from './certain-steps.ts'
import type { ForeseenCall } from './foreseen-call.ts'
import { Foresight } from './foresight.ts'
import { companyOf, failsOnHost, isPlainCall } from './may-run-ahead.ts'
import type { CallSite } from './module-call.ts'
import type { Place } from './play-state.ts'
import { type Joint, type ModuleCall, mustSettle, outcomeOf, type Planned, secondPlan } from './run-module.ts'
import { Stretch } from './stretch.ts'
import { planned } from './write-ahead.ts'

/**
 * Finds the tasks after this one whose changes its module can make together with its own: neighbouring installations as
 * one. Each is judged and reported in its turn. When the joint change fails, each is made in its turn as well, so that
 * the one that is to blame says so.
 */
export async function joinAhead(
  { task, host, runsOn }: Pick<CallSite, 'task' | 'host' | 'runsOn'>,
  place: Place,
  { call, planned: plan }: { readonly call: ModuleCall; readonly planned: Planned },
): Promise<Joint | undefined> {
  const { run } = place.state
  const { ahead } = run.host(host)
  const { module } = call
  if (!module.join || call.detached || call.guard || call.timeoutMs !== undefined || runsOn !== host)
    return undefined
  if (!isPlainCall(task) || !failsOnHost(task) || companyOf(host, place).forbids || ahead.length > 0)
    return undefined
  const members = await neighbours(call, place, host)
  if (members.length === 0) return undefined
  const all = [
    { args: call.args, ...plan },
    ...members.map((one) => ({ args: one.call.args, ...one.planned })),
  ]
  const whole = module.join(all)
  if (!whole) return undefined
  const done = Promise.withResolvers<unknown>()
  done.promise.catch(() => undefined)
  for (const member of members) ahead.push(runOf(member, done.promise))
  return { ...whole, made: done.resolve, failed: () => done.reject(new Error('The joint change failed.')) }
}

/** Those that come next and ask for something that is not there, with the options of the first. */
async function neighbours(first: ModuleCall, place: Place, host: string): Promise<readonly ForeseenCall[]> {
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

function runOf({ key, taskName, call, planned: plan }: ForeseenCall, made: Promise<unknown>) {
  const outcome = made.then(
    async (applied) =>
      outcomeOf(call, plan, { applied, unsettled: mustSettle(call) ? await secondPlan(call) : [] }),
    () => undefined,
  )
  outcome.catch(() => undefined)
  // What the joint change says while it is made, the first of them says.
  return { key, taskName, call, outcome, attach: () => undefined }
}
