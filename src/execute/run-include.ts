import type { Include, Included, IncludeRequest } from '#model/program.ts'
import { allHold } from './conditions.ts'
import { evaluate } from './evaluate.ts'
import { loopItem, loopItems } from './loops.ts'
import { handlerName, restorePending } from './pending-handlers.ts'
import { type Place, uncertainly } from './play-state.ts'
import type { RunSteps } from './run-block.ts'
import type { Scope } from './scope.ts'
import { scopeOf } from './scopes.ts'
import { failStep } from './step-failure.ts'
import { text } from './task-keywords.ts'

/** One inclusion that a host wants: what, and with which loop variables. */
interface Wish {
  readonly host: string
  readonly request: IncludeRequest
  readonly index: number
  readonly locals: ReadonlyMap<string, unknown>
}

/**
 * Decides per host what is included; hosts that want the same run it together. All items are evaluated first,
 * then the files run in the order of the items.
 */
export async function runInclude(
  include: Include,
  hosts: readonly string[],
  place: Place,
  runSteps: RunSteps,
): Promise<void> {
  const wishes = (await Promise.all(hosts.map((host) => wishesOf(include, host, place)))).flat()
  for (const group of grouped(wishes)) {
    const [first] = group
    if (!first) continue
    const live = group.map(({ host }) => host).filter((host) => place.state.run.host(host).isActive)
    const opened = await open(include, first.request, live, place)
    if (!opened) continue
    addHandlers(opened, live, place)
    if (include.roleOptions?.public) publish(opened, live, place)
    const locals = new Map(place.locals)
    for (const wish of group) locals.set(wish.host, wish.locals)
    await runSteps(opened.steps, live, { ...place, locals, rest: uncertainly(place.rest) })
  }
}

async function wishesOf(include: Include, host: string, place: Place): Promise<readonly Wish[]> {
  const { run } = place.state
  const around = place.locals.get(host) ?? new Map()
  const scope = scopeOf(host, { run, play: place.state, step: include, locals: around })
  try {
    return await evaluate(run, scope, () =>
      itemScopes(include, scope).flatMap((item) => wish(include, host, item)),
    )
  } catch (error) {
    failStep({ step: include, name: `include_${include.what}`, host, place }, error)
    return []
  }
}

interface ItemScope {
  readonly scope: Scope
  readonly index: number
  readonly locals: ReadonlyMap<string, unknown>
}

function itemScopes({ loop, when }: Include, scope: Scope): readonly ItemScope[] {
  const around = scope.locals
  if (!loop) return [{ scope, index: 0, locals: around }]
  try {
    const items = loopItems(loop, scope)
    return items.map((_, index) => {
      const { locals } = loopItem(loop, items, index, scope)
      return { scope: scope.with(locals), index, locals: new Map([...around, ...locals]) }
    })
  } catch (error) {
    // As with tasks: the condition may be what guards a loop that cannot be evaluated.
    if (!allHold(when, scope)) return []
    throw error
  }
}

function wish(include: Include, host: string, { scope, index, locals }: ItemScope): readonly Wish[] {
  if (!allHold(include.when, scope)) return []
  const { roleOptions } = include
  const request = {
    target: text(include.target, scope) ?? '',
    ...named('tasksFrom', text(roleOptions?.tasksFrom, scope)),
    ...named('varsFrom', text(roleOptions?.varsFrom, scope)),
    ...named('defaultsFrom', text(roleOptions?.defaultsFrom, scope)),
    ...named('handlersFrom', text(roleOptions?.handlersFrom, scope)),
  }
  return [{ host, request, index, locals }]
}

const named = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value })

function grouped(wishes: readonly Wish[]): readonly (readonly Wish[])[] {
  const groups = Map.groupBy(wishes, ({ request, index }) => JSON.stringify([index, request]))
  return [...groups.values()].sort((a, b) => (a[0]?.index ?? 0) - (b[0]?.index ?? 0))
}

async function open(
  include: Include,
  request: IncludeRequest,
  hosts: readonly string[],
  place: Place,
): Promise<Included | undefined> {
  try {
    return await include.open(request)
  } catch (error) {
    for (const host of hosts) failStep({ step: include, name: `include_${include.what}`, host, place }, error)
    return undefined
  }
}

/** `public: true`: the rest of the play sees the role's defaults and vars on these hosts, the last role winning. */
function publish({ role }: Included, hosts: readonly string[], { state }: Place): void {
  if (!role) return
  const own = [role.defaults, role.vars]
  for (const host of hosts) {
    const others = (state.hostLayers.get(host) ?? []).filter((layer) => !own.includes(layer))
    state.hostLayers.set(host, [...others, ...own])
  }
}

function addHandlers({ handlers }: Included, hosts: readonly string[], place: Place): void {
  const { state } = place
  const known = new Set(state.handlers.map(({ id }) => id))
  state.handlers.push(...handlers.filter(({ id }) => !known.has(id)))
  for (const handler of handlers) state.run.handlerNames.set(handler.id, handlerName(handler))
  restorePending(hosts, place)
}
