import type { Conditions, Keywords, Loop, Step, Task } from '#model/program.ts'
import type { Expression, Value } from '#model/value.ts'

/** Anything of a step that reads variables. */
export type Readable = Expression | Value

/** What a step reads; the loop's own variables hold for `inner` only. */
export interface Reads {
  readonly outer: readonly Readable[]
  readonly inner: readonly Readable[]
}

export function readsOf(step: Step): Reads {
  const loop = 'loop' in step ? step.loop : undefined
  const around = [...keywordReads(step.keywords), ...step.when, ...optional(step.name)]
  const inner = [...around, ...loopReads(loop), ...ownReads(step)]
  return { outer: loop ? [loop.over] : [], inner }
}

function ownReads(step: Step): readonly Readable[] {
  if (step.kind === 'task') return taskReads(step)
  if (step.kind !== 'include') return []
  const { roleOptions } = step
  const parts = [
    roleOptions?.tasksFrom,
    roleOptions?.varsFrom,
    roleOptions?.defaultsFrom,
    roleOptions?.handlersFrom,
  ]
  return [step.target, ...optional(...parts)]
}

function taskReads(task: Task): readonly Readable[] {
  return [
    task.args,
    ...task.notify,
    ...conditions(task.changedWhen, task.failedWhen, task.until),
    ...optional(task.retries, task.delay, task.async, task.poll),
  ]
}

const loopReads = (loop: Loop | undefined): readonly Readable[] =>
  loop ? [...optional(loop.label, loop.pause), ...conditions(loop.breakWhen)] : []

export function keywordReads(keywords: Keywords): readonly Readable[] {
  const { environment, moduleDefaults, ...single } = keywords
  return [
    ...environment,
    ...moduleDefaults.flatMap((defaults) => [...defaults.values()]),
    ...optional(...Object.values(single)),
  ]
}

const optional = (...values: readonly (Readable | undefined)[]): readonly Readable[] =>
  values.filter((value) => value !== undefined)

const conditions = (...lists: readonly (Conditions | undefined)[]): readonly Readable[] =>
  lists.flatMap((list) => list ?? [])

/** Names that a loop brings into being. */
export const loopNames = (loop: Loop | undefined): readonly string[] =>
  loop ? [loop.variable, ...(loop.index === undefined ? [] : [loop.index])] : []
