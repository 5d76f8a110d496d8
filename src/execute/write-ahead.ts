import type { Task } from '#model/program.ts'
import { ProgressRelay } from './ahead-run.ts'
import { aheadScope, holdsUnknown } from './ahead-scope.ts'
import { certainTasks } from './certain-steps.ts'
import { allHold } from './conditions.ts'
import type { ForeseenCall } from './foreseen-call.ts'
import { Foresight } from './foresight.ts'
import { groundOf } from './ground.ts'
import {
  type Company,
  companyOf,
  failsOnHost,
  isPlainCall,
  mayReachOthers,
  reachesOthers,
} from './may-run-ahead.ts'
import { type CallSite, prepareCall } from './module-call.ts'
import type { Place } from './play-state.ts'
import { everything } from './resources.ts'
import type { FirstWrite } from './run-module.ts'
import { writesOnce } from './run-module.ts'
import type { SentAhead } from './sent-ahead.ts'
import { Stretch } from './stretch.ts'
import { abandonAhead } from './take-ahead.ts'
import { taskName } from './task-events.ts'

const none: SentAhead = { count: 0, settled: [] }

/** Where the change stands that others may follow. */
export interface Start {
  readonly site: Pick<CallSite, 'task' | 'host' | 'runsOn'>
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
  const { task, host, runsOn } = site
  const company = companyOf(host, place)
  const state = run.host(host)
  if (write.sent === undefined || write.chainId === undefined || runsOn !== host || company.forbids)
    return none
  if (!isPlainCall(task) || !failsOnHost(task)) return none
  if (company.lockstep && reachesOthers(write.planned.touched)) return none
  const foresight = new Foresight(write.call.session.store, write.known)
  const stretch = new Stretch(write, write.chainId, foresight)
  void abandonAhead(run, state)
  await stretch.follow(task, write.call, write.planned)
  await extend(stretch, { host, place, company })
  state.ahead.push(...stretch.runs())
  return { count: state.ahead.length, settled: stretch.settled() }
}

interface Around {
  readonly host: string
  readonly place: Place
  readonly company: Company
}

async function extend(stretch: Stretch, around: Around): Promise<void> {
  let left = around.place.state.run.settings.readahead
  for (const task of certainTasks(around.place.rest)) {
    left -= 1
    if (left < 0 || !isPlainCall(task)) return
    const foreseen = await foresee(task, stretch, around)
    if (foreseen === 'skipped') stretch.skip(task)
    else if (foreseen === 'open' || !(await take(foreseen, stretch, around))) return
    if (foreseen !== 'skipped' && !failsOnHost(task)) return
  }
}

async function foresee(
  task: Task,
  stretch: Stretch,
  around: Around,
): Promise<ForeseenCall | 'skipped' | 'open'> {
  try {
    return await planned(task, stretch, around)
  } catch {
    // It asks what cannot be known yet, or something is wrong with it: its own turn will tell.
    return 'open'
  }
}

/** A call with its plan, on what is foreseen. Rejects when it asks what cannot be known yet. */
export async function planned(
  task: Task,
  stretch: Pick<Stretch, 'pending' | 'fits' | 'readerFor'>,
  { host, place, company }: Around,
): Promise<ForeseenCall | 'skipped' | 'open'> {
  const { state } = place
  const { run } = state
  const module = run.dependencies.module(task.module)
  const scope = aheadScope({ task, host, place }, stretch.pending)
  const holds = allHold(task.when, scope)
  if (scope.missingFacts.size > 0) return 'open'
  if (!holds) return 'skipped'
  if (company.lockstep && mayReachOthers(module)) return 'open'
  const relay = new ProgressRelay()
  const seeker = { run, state, task, host, scope, taskName: taskName(task, host, place), progress: relay.say }
  const call = prepareCall({ ...seeker, ...groundOf(seeker) })
  if (scope.missingFacts.size > 0 || holdsUnknown(call.args) || !stretch.fits(call)) return 'open'
  const { args, controller, mode, verbosity, diff } = call
  const reader = stretch.readerFor(call)
  const found = await module.probe({ args, controller, mode, verbosity, diff, host: reader })
  // A template that is rendered by the probe reads variables as well.
  if (scope.missingFacts.size > 0) return 'open'
  const changes = module.plan({ args, state: found, mode })
  const touched =
    changes.length === 0 ? [] : (module.touches?.({ args, state: found, changes }) ?? everything)
  return { task, taskName: seeker.taskName, call, planned: { state: found, changes, touched }, reader, relay }
}

/** False when the stretch ends before this call. */
async function take(foreseen: ForeseenCall, stretch: Stretch, { company }: Around): Promise<boolean> {
  const { task, call, planned: plan } = foreseen
  if (plan.changes.length === 0) return failsOnHost(task) && stretch.hold(foreseen)
  if (!call.module.apply || !writesOnce(call, plan)) return false
  if (company.lockstep && reachesOthers(plan.touched)) return false
  return stretch.send(foreseen)
}
