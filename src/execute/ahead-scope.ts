import type { Task } from '#model/program.ts'
import { Unknown } from '#model/unknown.ts'
import type { Place } from './play-state.ts'
import type { Scope } from './scope.ts'
import { scopeOf } from './scopes.ts'

/** Variables that say what became of hosts, which tasks on their way may still change. */
const openUntilItsTurn = [
  'hostvars',
  'ansible_play_hosts',
  'ansible_play_batch',
  'play_hosts',
  'ansible_failed_task',
  'ansible_failed_result',
] as const

/** What a task sees before its turn: the results of tasks on their way, by `register`, are not known yet. */
export function aheadScope(
  { task, host, place }: { readonly task: Task; readonly host: string; readonly place: Place },
  pending: ReadonlySet<string>,
): Scope {
  const { state } = place
  const locals = place.locals.get(host)
  const open = new Map([...openUntilItsTurn, ...pending].map((name) => [name, new Unknown(name)]))
  return scopeOf(host, { run: state.run, play: state, step: task, open, ...(locals ? { locals } : {}) })
}

/** Whether a value that is not known yet stands anywhere in these arguments. */
export function holdsUnknown(value: unknown): boolean {
  if (value instanceof Unknown) return true
  if (Array.isArray(value)) return value.some(holdsUnknown)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown)
}
