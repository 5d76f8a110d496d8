import type { Step, Task } from '#model/program.ts'
import { allHold } from './conditions.ts'
import { groundOf } from './ground.ts'
import { loopItem, loopItems } from './loops.ts'
import { companyOf, mayReachOthers } from './may-run-ahead.ts'
import { type CallSite, prepareCall } from './module-call.ts'
import type { Place, Upcoming } from './play-state.ts'
import { type ModuleCall, probeModule, probeNoting } from './run-module.ts'
import { scopeOf } from './scopes.ts'
import type { SentAhead } from './sent-ahead.ts'

/** How far a host has been read ahead. */
interface Window {
  /** Tasks whose probes have been started since something was last forgotten. */
  readonly begun: Set<string>
  /** How many tasks ahead are probed now; doubles while nothing changes, falls back after a change. */
  size: number
}

const windows = new WeakMap<object, Window>()

/** After a change only a few tasks are probed ahead, since the next change may make their answers stale. */
const sizeAfterChange = 4

/**
 * Starts the probes of the coming tasks, so that their questions leave with the present task's own and their
 * answers are in the store when their turn comes. It only asks: whatever goes wrong here (a variable that is not
 * there yet, a host that cannot answer) will be seen, with all its consequences, when the task itself runs.
 */
export function readAhead(task: Task, host: string, place: Place): void {
  const { run } = place.state
  const state = run.host(host)
  const window = windowOf(state, run.settings.readahead)
  // The first item of a loop asks itself; the others ask with it.
  if (task.loop && !window.begun.has(task.id)) void probeAhead(task, { host, place, probe: probeModule })
  window.begun.add(task.id)
  const isDoubtful = isDisturbing(task, host, place)
  visitUnbegun(place.rest, window, (next, isNext) => {
    window.begun.add(next.id)
    void probeAhead(next, { host, place, probe: isDoubtful && isNext ? probeNoting : probeModule })
  })
  window.size = Math.min(window.size * 2, run.settings.readahead)
}

/**
 * Called while a change is on its way: what it touches has to be asked again, and the questions of the next few
 * tasks travel in its flight, behind it.
 */
export function readBehind(task: Task, host: string, place: Place, { count, settled }: SentAhead): void {
  const state = place.state.run.host(host)
  shrinkReadahead(state)
  const window = windowOf(state, place.state.run.settings.readahead)
  for (const { id } of settled) window.begun.add(id)
  // A long row of changes is a sign of more to come.
  window.size = Math.min(Math.max(sizeAfterChange, 4 * count), place.state.run.settings.readahead)
  readAhead(task, host, place)
}

/** What was asked ahead may be stale: it is asked again, for a few tasks at first. */
export function shrinkReadahead(host: object): void {
  const window = windows.get(host)
  if (!window) return
  window.begun.clear()
  window.size = sizeAfterChange
}

function windowOf(host: object, size: number): Window {
  const known = windows.get(host)
  if (known) return known
  const fresh = { begun: new Set<string>(), size }
  windows.set(host, fresh)
  return fresh
}

/**
 * Visits those of the next tasks that have not been begun, in order of execution, blocks entered. Every task on every host
 * asks, and mostly there are none: nothing is made on the way.
 */
function visitUnbegun(
  rest: Upcoming | undefined,
  { begun, size }: Window,
  visit: (task: Task, isNext: boolean) => void,
): void {
  let seen = 0
  const meet = (step: Step): void => {
    if (step.kind === 'task') {
      seen += 1
      if (!begun.has(step.id)) visit(step, seen === 1)
    } else if (step.kind === 'block' && !step.loop) {
      look(step.block, 0)
      look(step.always, 0)
    }
  }
  const look = (steps: readonly Step[], from: number): void => {
    for (let i = from; seen < size; i += 1) {
      const step = steps[i]
      if (!step) return
      meet(step)
    }
  }
  for (let list = rest; list && seen < size; list = list.after) look(list.steps, list.from)
}

/** Whether other hosts, which carry out the same task, may change what this one is asked now. */
function isDisturbing(task: Task, host: string, place: Place): boolean {
  if (!mayReachOthers(place.state.run.dependencies.module(task.module))) return false
  const company = companyOf(host, place)
  return company.lockstep && !company.forbids
}

interface AheadProbe {
  readonly host: string
  readonly place: Place
  readonly probe: (call: ModuleCall) => Promise<unknown>
}

async function probeAhead(task: Task, { host, place, probe }: AheadProbe): Promise<void> {
  try {
    await Promise.all(sitesOf(task, host, place).map((site) => probe(prepareCall(site))))
  } catch {
    // See readAhead: the task itself will say what is wrong.
  }
}

/** The calls a task would make with what is known now; none when its condition is false or cannot be known. */
function sitesOf(task: Task, host: string, place: Place): readonly CallSite[] {
  const { state } = place
  const { run } = state
  if (run.dependencies.module(task.module).runs === 'controller') return []
  const locals = place.locals.get(host)
  const scope = scopeOf(host, { run, play: state, step: task, ...(locals ? { locals } : {}) })
  const { loop } = task
  const items = loop ? loopItems(loop, scope) : [undefined]
  const scopes = loop ? items.map((_, i) => scope.with(loopItem(loop, items, i, scope).locals)) : [scope]
  return scopes
    .filter((itemScope) => allHold(task.when, itemScope) && itemScope.missingFacts.size === 0)
    .map((itemScope) => {
      const site = { run, state, task, host, scope: itemScope, taskName: task.id }
      return { ...site, ...groundOf(site), progress: () => undefined }
    })
}
