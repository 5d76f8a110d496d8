import type { Meta } from '#model/program.ts'
import { allHold } from './conditions.ts'
import { evaluate } from './evaluate.ts'
import { flushHandlers } from './handlers.ts'
import type { Place } from './play-state.ts'
import { scopeOf } from './scopes.ts'
import { failStep } from './step-failure.ts'

/** Carries out a `meta` action for the hosts on which its condition holds. */
export async function runMeta(meta: Meta, hosts: readonly string[], place: Place): Promise<void> {
  const chosen = (
    await Promise.all(hosts.map(async (host) => ((await holds(meta, host, place)) ? [host] : [])))
  ).flat()
  if (chosen.length > 0) await act(meta, chosen, place)
}

async function holds(meta: Meta, host: string, place: Place): Promise<boolean> {
  const { run } = place.state
  const locals = place.locals.get(host)
  const scope = scopeOf(host, { run, play: place.state, step: meta, ...(locals ? { locals } : {}) })
  try {
    return await evaluate(run, scope, () => allHold(meta.when, scope))
  } catch (error) {
    failStep({ step: meta, name: 'meta', host, place }, error)
    return false
  }
}

async function act(meta: Meta, hosts: readonly string[], place: Place): Promise<void> {
  const { run } = place.state
  switch (meta.action) {
    case 'flush_handlers':
      return flushHandlers(hosts, place)
    case 'end_host':
      return leave(hosts, place)
    case 'end_role':
      for (const host of hosts) run.host(host).leftRole = meta.role
      return
    case 'end_batch':
      return leave(place.state.batch, place)
    case 'end_play':
      place.state.ended = true
      return
    case 'clear_facts':
      for (const host of hosts) run.host(host).facts.clear()
      return
    case 'clear_host_errors':
      for (const host of place.state.batch) revive(place, host)
      return
    case 'reset_connection':
      await Promise.all(hosts.map((host) => run.host(host).sessions.disconnect()))
      return
    case 'refresh_inventory':
      return refresh(place)
    case 'noop':
      return
  }
}

function leave(hosts: readonly string[], { state }: Place): void {
  for (const host of hosts.map((name) => state.run.host(name))) {
    if (host.isActive) host.condition = 'ended'
  }
}

/** Failed hosts take part again in the next play, as in Ansible. */
function revive({ state }: Place, host: string): void {
  if (['failed', 'unreachable'].includes(state.run.host(host).condition)) state.cleared.add(host)
}

async function refresh({ state }: Place): Promise<void> {
  const fresh = await state.run.dependencies.reloadInventory()
  state.run.inventory.replace(fresh)
}
