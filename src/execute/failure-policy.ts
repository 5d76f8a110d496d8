import { counted } from '#base/counted.ts'
import type { Task } from '#model/program.ts'
import { evaluate } from './evaluate.ts'
import type { Place } from './play-state.ts'
import type { TaskEndResult } from './run-task.ts'
import { scopeOf } from './scopes.ts'
import { flag } from './task-keywords.ts'

interface AfterTask {
  readonly task: Task
  readonly hosts: readonly string[]
  readonly place: Place
  readonly results: ReadonlyMap<string, TaskEndResult>
  /** Whether it ran on one host for all. */
  readonly once: boolean
}

/**
 * What a failure on some hosts means for the others: `run_once` and `any_errors_fatal` take them along,
 * `max_fail_percentage` ends the play.
 */
export async function afterTask({ task, hosts, place, results, once }: AfterTask): Promise<void> {
  const { run } = place.state
  const failed = [...results].filter(
    ([host]) => !run.host(host).isActive && run.host(host).condition !== 'ended',
  )
  const [first] = failed
  if (!first) return
  const isFatal = !once && (await isFatalForAll(task, hosts[0], place))
  if (once || isFatal) {
    const others = failOthers(hosts, place, first[1])
    if (others > 0) run.warn(whyOthers(run.taskNames.get(task.id) ?? task.id, failed.length, others, isFatal))
  }
  checkPercentage(place)
}

async function isFatalForAll(task: Task, host: string | undefined, place: Place): Promise<boolean> {
  const keyword = task.keywords.anyErrorsFatal
  if (!keyword || host === undefined) return false
  const { run } = place.state
  const scope = scopeOf(host, { run, play: place.state, step: task })
  return evaluate(run, scope, () => flag(keyword, scope))
}

/** The others stop as well; they are shown as stopped and do not count as failed. Gives how many they are. */
function failOthers(hosts: readonly string[], { state }: Place, result: TaskEndResult): number {
  const others = hosts.map((name) => state.run.host(name)).filter(({ isActive }) => isActive)
  for (const host of others) {
    host.condition = 'failed'
    host.lastFailure = { task: host.lastFailure?.task, result: result.registered }
  }
  return others.length
}

/** Hosts that did nothing wrong stop here: a person has to be told why. */
function whyOthers(task: string, failed: number, others: number, isFatal: boolean): string {
  const reason = isFatal ? 'any_errors_fatal' : 'run_once'
  return `"${task}" failed on ${counted(failed, 'host')}, which counts for ${counted(others, 'host')} more: ${reason}.`
}

/** Strictly more than the percentage, of the batch: then this play and all later ones end. */
function checkPercentage({ state }: Place): void {
  const { run, play, batch } = state
  if (play.maxFailPercentage === undefined || batch.length === 0) return
  const lost = batch.filter((host) => ['failed', 'unreachable'].includes(run.host(host).condition)).length
  if ((lost * 100) / batch.length <= play.maxFailPercentage) return
  state.ended = true
  run.stopped = true
  const share = `${lost} of ${counted(batch.length, 'host')}`
  run.warnOnce(
    `The run ends here: ${share} failed, and max_fail_percentage is ${play.maxFailPercentage}.`,
    'max_fail_percentage',
  )
}
