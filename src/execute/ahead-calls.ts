import type { Task } from '#model/program.ts'
import { loopItem, loopItems } from './loops.ts'
import type { Scope } from './scope.ts'

/** One call that a task makes: the task itself, or one item of its loop. */
export interface AheadCall {
  /** Tells it from all others of its host. */
  readonly key: string
  readonly task: Task
  /** What the item brings. */
  readonly locals?: ReadonlyMap<string, unknown>
}

/** `index`: of the item, for a task with a loop. */
export const callKey = ({ id }: Task, index: number | undefined): string =>
  index === undefined ? id : `${id} ${index}`

/** The calls of a task in order, for a loop from an item on. Throws when its items are not known. */
export function callsOf(task: Task, scope: () => Scope, from = 0): readonly AheadCall[] {
  const { loop } = task
  if (!loop) return [{ key: callKey(task, undefined), task }]
  const seen = scope()
  const items = loopItems(loop, seen)
  return items
    .map((_, i) => ({ key: callKey(task, i), task, locals: loopItem(loop, items, i, seen).locals }))
    .slice(from)
}
