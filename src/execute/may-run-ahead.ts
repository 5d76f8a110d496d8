import type { Resource } from '#model/change.ts'
import type { Task } from '#model/program.ts'
import type { ModuleDefinition } from '#sdk/module.ts'
import type { Place } from './play-state.ts'
import { mayTouchAll } from './resources.ts'
import { machineOf } from './same-machine.ts'

/** Keywords with which something else than the host decides when a task runs, where, and what its failure means. */
const hindering = [
  'anyErrorsFatal',
  'checkMode',
  'confirm',
  'delegateTo',
  'delegateFacts',
  'runOnce',
  'throttle',
  'timeout',
] as const

/** Whether a task is one call, for which nothing but the host itself has to be asked. */
export function isPlainCall({ loop, until, retries, async, keywords }: Task): boolean {
  if (loop || until || retries || async) return false
  return hindering.every((keyword) => keywords[keyword] === undefined)
}

/** The same for a loop: all that has to be asked for each item is the host. */
export function isPlainLoop(task: Task): boolean {
  const { loop, ...rest } = task
  if (!loop || loop.pause || loop.breakWhen) return false
  return isPlainCall(rest)
}

/** Whether nothing but the host itself has to be asked for what a task does. */
export const asksOnlyHost = (task: Task): boolean => isPlainCall(task) || isPlainLoop(task)

/** Whether other tasks may follow this one unheard: its failure is the host's to see, not an expression's. */
export const failsOnHost = (task: Task): boolean => task.failedWhen === undefined

/** How the order of tasks over several hosts binds one of them. */
export interface Company {
  /** No task of this host may be sent before its turn. */
  readonly forbids: boolean
  /** Hosts go in lockstep: a task that may reach other hosts waits until all have come to it. */
  readonly lockstep: boolean
}

export function companyOf(host: string, { state, handler }: Place): Company {
  const { run, play, batch } = state
  // Asked often, of many hosts: it looks no further than to the first other one.
  const alone = !batch.some((name) => name !== host && run.host(name).isActive)
  const forbids =
    handler ||
    run.settings.readahead === 0 ||
    run.dependencies.confirmTask !== undefined ||
    (!alone && (play.maxFailPercentage !== undefined || machineOf(host, state) !== undefined))
  return { forbids, lockstep: !alone && play.strategy === 'linear' }
}

/** Whether the calls of a module may reach other hosts than their own. */
export const mayReachOthers = (module: ModuleDefinition): boolean =>
  module.apply !== undefined && module.touches === undefined

/** Services are what other hosts have to do with: one that is restarted, in step with theirs. */
export const reachesOthers = (touched: readonly Resource[]): boolean =>
  mayTouchAll(touched) || touched.some(({ kind }) => kind === 'network')
