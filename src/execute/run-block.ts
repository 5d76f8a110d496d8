import type { Block, Step } from '#model/program.ts'
import { evaluate } from './evaluate.ts'
import type { HostState } from './host-state.ts'
import { loopItem, loopItems } from './loops.ts'
import { type Place, uncertainly } from './play-state.ts'
import { scopeOf } from './scopes.ts'
import { failStep } from './step-failure.ts'

export type RunSteps = (steps: readonly Step[], hosts: readonly string[], place: Place) => Promise<void>

/**
 * block, then rescue for the hosts that failed in it, then always for all that are still reachable.
 *
 * 1. A host that fails in `block` leaves it; with a rescue it becomes active again and runs that.
 * 2. A host that fails in `rescue` stays failed.
 * 3. `always` runs on failed hosts too; a failure there fails the host.
 * Unreachable hosts run neither (ruling 23).
 */
export async function runBlock(
  block: Block,
  hosts: readonly string[],
  place: Place,
  runSteps: RunSteps,
): Promise<void> {
  if (!block.loop) return runOnce(block, hosts, place, runSteps)
  for (const round of await rounds(block, hosts, place)) {
    const live = round.hosts.filter((host) => place.state.run.host(host).isActive)
    const inRound = { ...place, locals: round.locals, rest: uncertainly(place.rest) }
    if (live.length > 0) await runOnce(block, live, inRound, runSteps)
  }
}

async function runOnce(
  block: Block,
  hosts: readonly string[],
  place: Place,
  runSteps: RunSteps,
): Promise<void> {
  const states = hosts.map((host) => place.state.run.host(host))
  const rescued = place.rescued || block.rescue.length > 0
  await runSteps(block.block, hosts, { ...place, rescued, rest: followedBy(block.always, place) })
  if (block.rescue.length > 0) await rescue(block, states, place, runSteps)
  if (block.always.length > 0) await always(block, states, place, runSteps)
}

async function rescue(
  block: Block,
  states: readonly HostState[],
  place: Place,
  runSteps: RunSteps,
): Promise<void> {
  const failed = states.filter(({ condition }) => condition === 'failed')
  for (const host of failed) host.condition = 'active'
  const rest = uncertainly(followedBy(block.always, place))
  await runSteps(block.rescue, namesOf(failed), { ...place, rest })
}

async function always(
  block: Block,
  states: readonly HostState[],
  place: Place,
  runSteps: RunSteps,
): Promise<void> {
  const failed = states.filter(({ condition }) => condition === 'failed')
  const failures = failed.map(({ lastFailure }) => lastFailure)
  for (const host of failed) host.condition = 'active'
  const active = namesOf(states.filter(({ isActive }) => isActive))
  await runSteps(
    block.always,
    active,
    failed.length > 0 ? { ...place, rest: uncertainly(place.rest) } : place,
  )
  failed.forEach((host, i) => {
    if (host.condition === 'active') host.condition = 'failed'
    host.lastFailure ??= failures[i]
  })
}

const namesOf = (states: readonly HostState[]): readonly string[] => states.map(({ name }) => name)

const followedBy = (steps: readonly Step[], place: Place): Place['rest'] =>
  steps.length > 0 ? { steps, from: 0, after: place.rest } : place.rest

interface Round {
  readonly hosts: readonly string[]
  readonly locals: Place['locals']
}

/** Round i of a looped block holds the hosts that have an item i, each with its own. */
async function rounds(block: Block, hosts: readonly string[], place: Place): Promise<readonly Round[]> {
  const perHost = await Promise.all(hosts.map((host) => itemsOf(block, host, place)))
  const most = Math.max(0, ...perHost.map((items) => items.length))
  return Array.from({ length: most }, (_, i) => {
    const locals = new Map(place.locals)
    const taking = hosts.filter((host, h) => {
      const item = perHost[h]?.[i]
      if (item) locals.set(host, new Map([...(place.locals.get(host) ?? []), ...item]))
      return item !== undefined
    })
    return { hosts: taking, locals }
  })
}

async function itemsOf(
  block: Block,
  host: string,
  place: Place,
): Promise<readonly ReadonlyMap<string, unknown>[]> {
  const { loop } = block
  if (!loop) return []
  const { run } = place.state
  const locals = place.locals.get(host)
  const scope = scopeOf(host, { run, play: place.state, step: block, ...(locals ? { locals } : {}) })
  try {
    const items = await evaluate(run, scope, () => loopItems(loop, scope))
    return items.map((_, i) => loopItem(loop, items, i, scope).locals)
  } catch (error) {
    failStep({ step: block, name: 'block', host, place }, error)
    return []
  }
}
