import type { Task } from '#model/program.ts'
import { type AheadCall, callsOf } from './ahead-calls.ts'
import { ProgressRelay } from './ahead-run.ts'
import { aheadScope, holdsUnknown } from './ahead-scope.ts'
import { certainTasks } from './certain-steps.ts'
import { allHold } from './conditions.ts'
import type { ForeseenCall } from './foreseen-call.ts'
import { Foresight } from './foresight.ts'
import { groundOf } from './ground.ts'
import {
  asksOnlyHost,
  type Company,
  companyOf,
  failsOnHost,
  mayReachOthers,
  reachesOthers,
} from './may-run-ahead.ts'
import { type CallSite, prepareCall } from './module-call.ts'
import type { Place } from './play-state.ts'
import { everything } from './resources.ts'
import type { FirstWrite } from './run-module.ts'
import { probeInput, writesOnce } from './run-module.ts'
import type { SentAhead } from './sent-ahead.ts'
import { Stretch } from './stretch.ts'
import { abandonAhead } from './take-ahead.ts'
import { taskName } from './task-events.ts'

const none: SentAhead = { count: 0, settled: [] }

/** Where the change stands that others may follow. */
export interface Start {
  readonly site: Pick<CallSite, 'task' | 'host' | 'runsOn' | 'item'>
  readonly place: Place
  readonly write: FirstWrite
}

/**
 * Sends the changes of the tasks that follow a change in its flight, each to be made by the host only when the one
 * before it has succeeded and nothing it was planned on has changed: as one after the other would have done, without
 * the controller hearing of each in between. Their results are kept until their turn.
 *
 * It ends at the first task that cannot be planned now, or of which something else than the host decides.
 */
export async function writeAhead({ site, place, write }: Start): Promise<SentAhead> {
  const { run } = place.state
  const { task, host, runsOn, item } = site
  const company = companyOf(host, place)
  const state = run.host(host)
  if (write.sent === undefined || write.chainId === undefined || runsOn !== host || company.forbids)
    return none
  if (!asksOnlyHost(task) || !failsOnHost(task)) return none
  if (company.lockstep && reachesOthers(write.planned.touched)) return none
  const foresight = new Foresight(write.call.session.store, write.known)
  const stretch = new Stretch(write, write.chainId, foresight)
  void abandonAhead(run, state)
  await stretch.follow(task, write.call, write.planned)
  await extend(stretch, { host, place, company }, item === undefined ? undefined : { task, from: item + 1 })
  state.ahead.push(...stretch.runs())
  return { count: state.ahead.length, settled: stretch.settled() }
}

interface Around {
  readonly host: string
  readonly place: Place
  readonly company: Company
}

/** `loop`: the items of a loop that come before the next task. */
async function extend(
  stretch: Stretch,
  around: Around,
  loop: { readonly task: Task; readonly from: number } | undefined,
): Promise<void> {
  if (loop && !(await follow(loop.task, stretch, around, loop.from))) return
  // An item that was done before this row may have failed, and with it the task: the next one may have no turn.
  if (loop && loop.from > 1) return
  let left = around.place.state.run.settings.readahead
  for (const task of certainTasks(around.place.rest)) {
    left -= 1
    if (left < 0 || !asksOnlyHost(task)) return
    if (!(await follow(task, stretch, around))) return
  }
}

/** Sends all that a task does; false when the stretch ends before or with it. */
async function follow(task: Task, stretch: Stretch, around: Around, from = 0): Promise<boolean> {
  let isSkipped = true
  for (const one of knownCalls(task, stretch, around, from)) {
    const foreseen = one && (await foresee(one, stretch, around))
    if (foreseen === 'skipped') stretch.skip(task)
    else if (!foreseen || foreseen === 'open' || !(await take(foreseen, stretch, around))) return false
    else isSkipped = false
  }
  return isSkipped || failsOnHost(task)
}

/** One that is undefined when the items of a loop are not known yet. */
function knownCalls(
  task: Task,
  { pending }: Stretch,
  { host, place }: Around,
  from: number,
): readonly (AheadCall | undefined)[] {
  try {
    return callsOf(task, () => aheadScope({ task, host, place }, pending), from)
  } catch {
    return [undefined]
  }
}

async function foresee(
  one: AheadCall,
  stretch: Stretch,
  around: Around,
): Promise<ForeseenCall | 'skipped' | 'open'> {
  try {
    return await planned(one, stretch, around)
  } catch {
    // It asks what cannot be known yet, or something is wrong with it: its own turn will tell.
    return 'open'
  }
}

/** A call with its plan, on what is foreseen. Rejects when it asks what cannot be known yet. */
export async function planned(
  { key, task, locals }: AheadCall,
  stretch: Pick<Stretch, 'pending' | 'fits' | 'readerFor'>,
  { host, place, company }: Around,
): Promise<ForeseenCall | 'skipped' | 'open'> {
  const { state } = place
  const { run } = state
  const module = run.dependencies.module(task.module)
  const shared = aheadScope({ task, host, place }, stretch.pending)
  const scope = locals ? shared.with(locals) : shared
  const holds = allHold(task.when, scope)
  if (scope.missingFacts.size > 0) return 'open'
  if (!holds) return 'skipped'
  if (company.lockstep && mayReachOthers(module)) return 'open'
  const relay = new ProgressRelay()
  const seeker = { run, state, task, host, scope, taskName: taskName(task, host, place), progress: relay.say }
  const call = prepareCall({ ...seeker, ...groundOf(seeker) })
  if (scope.missingFacts.size > 0 || holdsUnknown(call.args) || !stretch.fits(call)) return 'open'
  const { args, mode } = call
  const reader = stretch.readerFor(call)
  const found = await module.probe(probeInput(call, reader))
  // A template that is rendered by the probe reads variables as well.
  if (scope.missingFacts.size > 0) return 'open'
  const changes = module.plan({ args, state: found, mode })
  const touched =
    changes.length === 0 ? [] : (module.touches?.({ args, state: found, changes }) ?? everything)
  return {
    key,
    task,
    taskName: seeker.taskName,
    call,
    planned: { state: found, changes, touched },
    reader,
    relay,
  }
}

/** False when the stretch ends before this call. */
async function take(foreseen: ForeseenCall, stretch: Stretch, { company }: Around): Promise<boolean> {
  const { task, call, planned: plan } = foreseen
  if (plan.changes.length === 0) return failsOnHost(task) && stretch.hold(foreseen)
  if (!call.module.apply || !writesOnce(call, plan)) return false
  // In its turn its neighbours may join it, which saves the host more than a round trip.
  if (call.module.join) return false
  if (company.lockstep && reachesOthers(plan.touched)) return false
  return stretch.send(foreseen)
}
