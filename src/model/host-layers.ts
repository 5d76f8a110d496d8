import { hostGroups } from './host-groups.ts'
import type { Host, Inventory, VarsLayer } from './inventory.ts'

/**
 * Levels 3 to 10 of one host, weakest first: what the inventory and the files beside it and beside the playbook
 * say. `all` counts for every host, the implicit localhost included.
 */
export function hostLayers(
  inventory: Inventory,
  host: Pick<Host, 'groups' | 'layers'>,
): readonly VarsLayer[] {
  const all = inventory.groups.get('all')
  const groups = all ? [all, ...hostGroups(inventory, host)] : hostGroups(inventory, host)
  const layers = groups.flatMap((group) => group.layers)
  // The sort is stable: inside one level and rank the groups keep their order of strength.
  layers.sort((a, b) => a.level - b.level || (a.rank ?? 0) - (b.rank ?? 0))
  return [...layers, ...host.layers]
}
