import type { HostRecap } from '#model/event.ts'
import type { Step, Task } from '#model/program.ts'
import type { LoopItem } from './loops.ts'
import type { TaskSite } from './module-call.ts'
import { hidden } from './no-log.ts'
import type { Place } from './play-state.ts'
import type { TaskEndResult } from './run-task.ts'
import { scopeOf } from './scopes.ts'
import type { TaskResult } from './task-result.ts'

/** What identifies a task in every event about it. */
export interface Announcement {
  readonly play: string
  readonly task: string
  readonly taskId: string
  readonly role?: string
  readonly module: string
  readonly source: string
}

export function taskIdentity(task: Task, host: string, place: Place): Announcement {
  return {
    play: place.state.play.name,
    task: taskName(task, host, place),
    taskId: task.id,
    ...(task.role ? { role: task.role.name } : {}),
    module: task.module,
    source: `${task.range.file}:${task.range.start.line}`,
  }
}

/** Says that a set of hosts comes to a task; once per task where hosts come one by one. */
export function announce(task: Task, hosts: readonly string[], place: Place): Announcement {
  const identity = taskIdentity(task, hosts[0] ?? '', place)
  const { announced, play, batch, run } = place.state
  const alone = play.strategy !== 'linear'
  if (alone && announced.has(task.id)) return identity
  announced.add(task.id)
  run.taskNames.set(task.id, task.role ? `${task.role.name} : ${identity.task}` : identity.task)
  run.dependencies.emit({
    ...identity,
    type: 'task_start',
    hosts: alone ? batch.filter((host) => run.host(host).isActive).length : hosts.length,
    handler: place.handler,
  })
  return identity
}

/** The rendered name; what cannot be rendered yet (facts, a host's own variables) stays as written. */
export function taskName(task: Task, host: string, place: Place): string {
  if (!task.name) return task.module
  if (task.name.literal) return task.name.text
  const locals = place.locals.get(host)
  const scope = scopeOf(host, {
    run: place.state.run,
    play: place.state,
    step: task,
    ...(locals ? { locals } : {}),
  })
  try {
    return String(task.name.render(scope))
  } catch {
    return task.name.text
  }
}

export function emitItem(
  site: TaskSite,
  identity: Announcement,
  { item, result }: { item: LoopItem; result: TaskResult },
): void {
  site.run.dependencies.emit({
    ...identity,
    ...result.outcome,
    type: 'item',
    host: site.host,
    ...(result.outcome.noLog ? { item: hidden, label: hidden } : { item: item.item, label: item.label }),
  })
}

export interface TaskEnded {
  readonly host: string
  readonly place: Place
  readonly identity: Announcement
  readonly result: TaskEndResult
  readonly delegatedTo: string | undefined
}

/** Counts and reports a task that has ended on a host. */
export function emitTask({ host, place, identity, result, delegatedTo }: TaskEnded): void {
  const { run } = place.state
  const rescued = place.rescued && result.outcome.status === 'failed' && !result.outcome.ignored
  const outcome = rescued ? { ...result.outcome, rescued } : result.outcome
  const counts = run.host(host).counts
  for (const counter of countersOf(outcome)) counts[counter] += 1
  if (outcome.status === 'unknown') run.host(host).unknownTasks += 1
  if (isFatal(outcome)) {
    run.failures.push({ host, task: identity.task, reason: outcome.msg ?? outcome.status })
  }
  run.dependencies.emit({
    ...identity,
    ...outcome,
    type: 'task',
    host,
    handler: place.handler,
    ...(delegatedTo === undefined ? {} : { delegatedTo }),
    ...(result.results ? { results: result.results } : {}),
  })
}

const isFatal = (outcome: TaskResult['outcome']): boolean =>
  (outcome.status === 'failed' || outcome.status === 'unreachable') && !outcome.ignored && !outcome.rescued

/** Ruling 16: an ignored failure counts as ok and ignored (and changed, when it was), a rescued one as rescued. */
function countersOf(outcome: TaskResult['outcome']): readonly (keyof HostRecap)[] {
  if (outcome.ignored) return outcome.changed ? ['ok', 'changed', 'ignored'] : ['ok', 'ignored']
  if (outcome.rescued) return ['rescued']
  switch (outcome.status) {
    case 'changed':
    case 'would_change':
      return ['ok', 'changed']
    case 'unknown':
      return ['ok']
    default:
      return [outcome.status]
  }
}

/** Reports a step that is not a task and failed. */
export function emitFailure(failed: {
  readonly step: Step
  readonly name: string
  readonly host: string
  readonly place: Place
  readonly result: TaskResult
}): void {
  const { step, name, host, place, result } = failed
  const { run, play } = place.state
  const rescued = place.rescued && result.outcome.status === 'failed'
  const outcome = rescued ? { ...result.outcome, rescued } : result.outcome
  for (const counter of countersOf(outcome)) run.host(host).counts[counter] += 1
  const task = step.name?.text ?? name
  if (isFatal(outcome)) run.failures.push({ host, task, reason: outcome.msg ?? outcome.status })
  run.dependencies.emit({
    type: 'task',
    play: play.name,
    task,
    taskId: step.id,
    ...(step.role ? { role: step.role.name } : {}),
    module: name,
    source: `${step.range.file}:${step.range.start.line}`,
    ...outcome,
    host,
    handler: place.handler,
  })
}
