import { setTimeout as sleep } from 'node:timers/promises'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { Loop, Task } from '#model/program.ts'
import { Unknown } from '#model/unknown.ts'
import { allHold } from './conditions.ts'
import { type AimedEffects, applyEffects } from './effects.ts'
import { errorResult } from './error-result.ts'
import { evaluate } from './evaluate.ts'
import { type LoopItem, loopItem, loopItems } from './loops.ts'
import type { TaskSite } from './module-call.ts'
import { tainted } from './no-log.ts'
import { runItem } from './run-item.ts'
import { number } from './task-keywords.ts'
import { isFailure, plainResult, type TaskResult } from './task-result.ts'
import { unlessUnknown } from './unknown-variables.ts'

/** A task's result; for a loop, with the results of its items. */
export interface TaskEndResult extends TaskResult {
  readonly results?: readonly unknown[]
}

/** Hears of each item of a loop as it ends. */
export type OnItem = (item: LoopItem, result: TaskResult) => void

/** Runs a task on one host, all items of its loop included. Throws only for bugs. */
export async function runTask(site: TaskSite, onItem: OnItem): Promise<TaskEndResult> {
  const { loop } = site.task
  if (!loop) return runItem(site)
  try {
    const items = await evaluate(site.run, site.scope, () => itemsUnlessSkipped(site, loop))
    if (items === undefined) return plainResult('skipped', { because: 'The condition is false.' })
    if (items.length === 0) return noItems()
    return await runItems(site, { loop, items, onItem })
  } catch (error) {
    return errorResult(unlessUnknown(error, site.run.host(site.host)))
  }
}

/**
 * The condition is tried first when the loop cannot be evaluated: `when: defined(x)` guards `loop: x`.
 */
function itemsUnlessSkipped({ task, scope }: TaskSite, loop: Loop): readonly unknown[] | undefined {
  try {
    return loopItems(loop, scope)
  } catch (error) {
    if (error instanceof EvaluationError && isSkipped(task, scope)) return undefined
    throw error
  }
}

function isSkipped(task: Task, scope: TaskSite['scope']): boolean {
  try {
    return !allHold(task.when, scope)
  } catch {
    // The condition needs the item: then it does not guard the loop, and the loop's own error counts.
    return false
  }
}

const noItems = (): TaskEndResult => ({
  ...plainResult('skipped', { because: 'The list has no items.', registered: { results: [] } }),
  results: [],
})

interface LoopRun {
  readonly loop: Loop
  readonly items: readonly unknown[]
  readonly onItem: OnItem
}

async function runItems(site: TaskSite, { loop, items, onItem }: LoopRun): Promise<TaskEndResult> {
  const results: TaskResult[] = []
  const pause = number(loop.pause, site.scope)
  for (let index = 0; index < items.length; index += 1) {
    if (pause && index > 0) await sleep(pause * 1000, undefined, { signal: site.run.dependencies.signal })
    const item = loopItem(loop, items, index, site.scope)
    const found = await runItem({ ...site, item: index, scope: site.scope.with(item.locals) })
    // The next item sees what this one has set: `set_fact` may gather a list.
    for (const effects of found.effects) applyEffects(effects, site)
    const result = withItem(found, loop, shownItem(site, found, item.item))
    results.push(result)
    onItem(item, result)
    if (result.outcome.status === 'unreachable') break
    if (await evaluate(site.run, site.scope, () => breaks(site, loop, item, result))) break
  }
  return summary(results)
}

/** With `no_log` the item is as secret as what became of it. */
const shownItem = ({ run }: TaskSite, { outcome }: TaskResult, item: unknown): unknown =>
  outcome.noLog ? tainted(item, (text) => run.dependencies.onSecret(text)) : item

function withItem(result: TaskResult, loop: Loop, item: unknown): TaskResult {
  const { registered } = result
  if (typeof registered !== 'object' || registered === null || registered instanceof Unknown) return result
  return { ...result, registered: { ...registered, [loop.variable]: item, ansible_loop_var: loop.variable } }
}

function breaks(site: TaskSite, loop: Loop, item: LoopItem, result: TaskResult): boolean {
  if (!loop.breakWhen) return false
  const { register } = site.task
  const own = register === undefined ? [] : ([[register, result.registered]] as const)
  return allHold(loop.breakWhen, site.scope.with(new Map([...item.locals, ...own])))
}

/** A loop has changed when an item has, failed when one has, and is skipped when all were. */
function summary(results: readonly TaskResult[]): TaskEndResult {
  const outcomes = results.map(({ outcome }) => outcome)
  const status = summaryStatus(outcomes.map((outcome) => outcome.status))
  const registered = results.map((result) => result.registered)
  const changed = outcomes.some((outcome) => outcome.changed)
  const failed = outcomes.filter((outcome) => isFailure(outcome.status))
  const msg = failed.length > 0 ? `${failed.length} of ${outcomes.length} items failed.` : undefined
  const unknown = outcomes.find((outcome) => outcome.status === 'unknown')
  return {
    outcome: {
      status,
      changed,
      changes: outcomes.flatMap(({ changes }) => changes),
      diffs: outcomes.flatMap(({ diffs }) => diffs),
      durationMs: outcomes.reduce((sum, { durationMs }) => sum + durationMs, 0),
      ...(msg === undefined ? {} : { msg }),
      ...(unknown?.because === undefined ? {} : { because: unknown.because }),
    },
    registered: {
      results: registered,
      changed,
      failed: failed.length > 0,
      skipped: status === 'skipped',
      ...(msg === undefined ? {} : { msg: 'One or more items failed' }),
    },
    effects: results.flatMap(({ effects }): readonly AimedEffects[] => effects),
    results: registered,
  }
}

function summaryStatus(all: readonly TaskResult['outcome']['status'][]): TaskResult['outcome']['status'] {
  const strongestFirst = ['unreachable', 'failed', 'unknown', 'would_change', 'changed', 'ok'] as const
  return strongestFirst.find((status) => all.includes(status)) ?? 'skipped'
}
