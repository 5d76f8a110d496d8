import { hostGroups } from './host-groups.ts'
import type { Host, Inventory, VarsLayer } from './inventory.ts'

type GroupMember = Pick<Host, 'groups'>
type Layered = Pick<Host, 'groups' | 'layers'>

// Inventories and their hosts are values: see Inventory.
const ofHosts = new WeakMap<Inventory, WeakMap<Layered, readonly VarsLayer[]>>()

/**
 * Levels 3 to 10 of one host, weakest first: what the inventory and the files beside it and beside the playbook
 * say. `all` counts for every host, the implicit localhost included. The same list whenever it is asked for.
 */
export function hostLayers(inventory: Inventory, host: Layered): readonly VarsLayer[] {
  const byHost = ofHosts.get(inventory) ?? new WeakMap<Layered, readonly VarsLayer[]>()
  ofHosts.set(inventory, byHost)
  const layers = byHost.get(host) ?? [...groupLayers(inventory, host), ...host.layers]
  byHost.set(host, layers)
  return layers
}

// Hosts of the same groups share their layers.
const known = new WeakMap<Inventory, Map<string, readonly VarsLayer[]>>()

/** Levels 3 to 7 of a host, weakest first. The same list for all hosts of the same groups. */
export function groupLayers(inventory: Inventory, host: GroupMember): readonly VarsLayer[] {
  const byGroups = known.get(inventory) ?? new Map<string, readonly VarsLayer[]>()
  known.set(inventory, byGroups)
  const key = host.groups.join('\0')
  const layers = byGroups.get(key) ?? collect(inventory, host)
  byGroups.set(key, layers)
  return layers
}

function collect(inventory: Inventory, host: GroupMember): readonly VarsLayer[] {
  const all = inventory.groups.get('all')
  const groups = all ? [all, ...hostGroups(inventory, host)] : hostGroups(inventory, host)
  const layers = groups.flatMap((group) => group.layers)
  // The sort is stable: inside one level and rank the groups keep their order of strength.
  return layers.sort((a, b) => a.level - b.level || (a.rank ?? 0) - (b.rank ?? 0))
}
