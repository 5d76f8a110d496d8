import type { Task } from '#model/program.ts'
import { noteDisturbance, settleDisturbances } from './disturbance.ts'
import { applyEffects } from './effects.ts'
import { errorResult } from './error-result.ts'
import { evaluate } from './evaluate.ts'
import { explainCost } from './explain-cost.ts'
import { afterTask } from './failure-policy.ts'
import type { HostState } from './host-state.ts'
import { inTurn } from './in-turn.ts'
import { joinAhead } from './join-ahead.ts'
import { limited } from './limited.ts'
import type { TaskSite } from './module-call.ts'
import { isHidden, withheld } from './no-log.ts'
import { notify } from './notify.ts'
import type { Place } from './play-state.ts'
import { readAhead, readBehind } from './readahead.ts'
import { runOnDoubt } from './run-on-doubt.ts'
import { runTask, type TaskEndResult } from './run-task.ts'
import { scopeOf } from './scopes.ts'
import { abandonAhead } from './take-ahead.ts'
import { type Announcement, announce, emitItem, emitTask } from './task-events.ts'
import { flag, number, text, wishesOf } from './task-keywords.ts'
import type { TaskResult } from './task-result.ts'
import { noteUnknownVariables } from './unknown-variables.ts'
import { type Start, writeAhead } from './write-ahead.ts'

/**
 * One task on a set of hosts, `forks` (or `throttle`) at a time; returns when all are through. Afterwards each
 * host's state says whether it goes on.
 */
export async function runTaskOnHosts(task: Task, hosts: readonly string[], place: Place): Promise<void> {
  const [first] = hosts
  if (first === undefined) return
  const identity = announce(task, hosts, place)
  if (!(await isConfirmed(place, identity))) return
  const once = await isRunOnce(task, first, place)
  const runners = once ? [first] : hosts
  const results = new Map<string, TaskEndResult>()
  await limited(runners, await concurrency(task, first, place), async (host) => {
    const turn = () => onHost({ task, host, place, identity })
    const result = runners.length > 1 ? await inTurn(turn) : await turn()
    if (result) results.set(host, result)
  })
  if (once) shareResult({ task, hosts, place }, first, results.get(first))
  settleDisturbances(place)
  await afterTask({ task, hosts, place, results, once })
}

interface OnHost {
  readonly task: Task
  readonly host: string
  readonly place: Place
  readonly identity: Announcement
  readonly onProbed?: TaskSite['onProbed']
}

/** Undefined when the run was interrupted before. What is asked ahead leaves with what the task itself asks. */
async function onHost({ task, host, place, identity }: OnHost): Promise<TaskEndResult | undefined> {
  const { run } = place.state
  if (run.interrupted) return undefined
  const state = run.host(host)
  const doubt = runOnDoubt(task, host, place)
  if (doubt !== undefined) await doubt
  if (run.settings.readahead > 0) readAhead(task, host, place)
  run.dependencies.emit({ ...identity, type: 'host_start', host })
  const started = performance.now()
  const { costs } = run.dependencies
  const cost = costs && explainCost(costs, { task, host, place, identity })
  const site = callSite({ task, host, place, identity, ...(cost ? { onProbed: cost.onProbed } : {}) })
  const found = 'failed' in site ? site.failed : await carryOut(site, identity)
  const result = await finished({ task, host, place, identity }, found)
  await cost?.end(result)
  run.durations.set(
    identity.taskId,
    (run.durations.get(identity.taskId) ?? 0) + (performance.now() - started),
  )
  remember(task, state, result)
  return result
}

async function carryOut(site: TaskSite, identity: Announcement): Promise<TaskEndResult> {
  return runTask(site, (item, result) => emitItem(site, identity, { item, result }))
}

type SiteOrFailure = TaskSite | { readonly failed: TaskEndResult }

function callSite({ task, host, place, identity, onProbed }: OnHost): SiteOrFailure {
  const { state } = place
  const { run } = state
  const locals = place.locals.get(host)
  const scope = scopeOf(host, { run, play: state, step: task, ...(locals ? { locals } : {}) })
  try {
    run.host(host).wishes = wishesOf(task.keywords, scope)
    return {
      run,
      state,
      task,
      host,
      scope,
      taskName: identity.task,
      progress: (line) => run.dependencies.emit({ ...identity, type: 'progress', host, text: line }),
      ...(run.settings.readahead > 0
        ? {
            onWriting: (write, site) => sendBehind({ site, place, write }),
            onJoining: (joining, site) => joinAhead(site, place, joining),
          }
        : {}),
      ...(onProbed ? { onProbed } : {}),
      onTouched: (resources, { runsOn, session }) => {
        run.host(runsOn).sessions.forget(resources, session)
        noteDisturbance(place, runsOn, resources)
      },
    }
  } catch (error) {
    return { failed: errorResult(error) }
  }
}

/** While a change is on its way: what can be changed behind it, and what has to be asked after that. */
function sendBehind(start: Start): Promise<void> {
  const { site, place, write } = start
  // The flight waits for all of this.
  return write.call.session.whilePlanning(async () => {
    readBehind(site.task, site.host, place, await writeAhead(start))
  })
}

/** Applies what follows from a result: ignoring, registering, effects, notifications, the event. */
async function finished(on: OnHost, found: TaskEndResult): Promise<TaskEndResult> {
  const { task, host, place, identity } = on
  const { run } = place.state
  const locals = place.locals.get(host)
  const scope = scopeOf(host, { run, play: place.state, step: task, ...(locals ? { locals } : {}) })
  // The host has left out what was sent behind a task that failed; it is done in its turn, if that comes.
  if (found.outcome.status === 'failed') void abandonAhead(run, run.host(host))
  const judged = await ignoredOrNot(on, scope, found)
  const result = (await isHidden({ run, task, scope }))
    ? withheld(judged, (secret) => run.dependencies.onSecret(secret))
    : judged
  if (task.register !== undefined) run.host(host).setFacts.set(task.register, result.registered)
  const delegatedTo = orNothing(() => text(task.keywords.delegateTo, scope))
  const delegatee = orNothing(() => flag(task.keywords.delegateFacts, scope)) ? delegatedTo : undefined
  for (const effects of result.effects) applyEffects(effects, { run, host })
  noteUnknownVariables(task, result, run.host(delegatee ?? host))
  if (result.outcome.changed && result.outcome.status !== 'failed') notify({ task, host, place, scope })
  emitTask({ host, place, identity, result, delegatedTo })
  return result
}

async function ignoredOrNot(
  { task, place }: OnHost,
  scope: TaskSite['scope'],
  result: TaskEndResult,
): Promise<TaskEndResult> {
  const { run } = place.state
  const { status } = result.outcome
  const keyword = status === 'failed' ? task.keywords.ignoreErrors : task.keywords.ignoreUnreachable
  if ((status !== 'failed' && status !== 'unreachable') || !keyword) return result
  const ignored = await evaluate(run, scope, () => flag(keyword, scope))
  return ignored ? { ...result, outcome: { ...result.outcome, ignored: true } } : result
}

function orNothing<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    // The task itself has already failed for this reason and says so, or each item has its own answer.
    return undefined
  }
}

function remember(task: Task, state: HostState, { outcome, registered }: TaskResult): void {
  if (outcome.ignored || (outcome.status !== 'failed' && outcome.status !== 'unreachable')) return
  state.condition = outcome.status
  state.lastFailure = {
    task: { name: task.name?.text ?? task.module, action: task.module },
    result: registered,
  }
}

/** `run_once`: what one host found holds for all of the batch. */
function shareResult(
  { task, hosts, place }: { task: Task; hosts: readonly string[]; place: Place },
  runner: string,
  result: TaskEndResult | undefined,
): void {
  if (!result) return
  const { run } = place.state
  for (const host of hosts.filter((name) => name !== runner)) {
    if (task.register !== undefined) run.host(host).setFacts.set(task.register, result.registered)
    for (const effects of result.effects) applyEffects(effects, { run, host })
  }
}

async function isRunOnce(task: Task, host: string, place: Place): Promise<boolean> {
  if (!task.keywords.runOnce) return false
  const { run } = place.state
  const scope = scopeOf(host, { run, play: place.state, step: task })
  return evaluate(run, scope, () => flag(task.keywords.runOnce, scope)).catch(() => false)
}

async function concurrency(task: Task, host: string, place: Place): Promise<number> {
  const { run } = place.state
  if (!task.keywords.throttle) return run.settings.forks
  const scope = scopeOf(host, { run, play: place.state, step: task })
  const throttle = await evaluate(run, scope, () => number(task.keywords.throttle, scope)).catch(
    () => undefined,
  )
  return throttle ? Math.min(throttle, run.settings.forks) : run.settings.forks
}

async function isConfirmed(place: Place, identity: Announcement): Promise<boolean> {
  const ask = place.state.run.dependencies.confirmTask
  if (!ask) return true
  return (await ask(identity.task)) !== 'no'
}
