import { hostGroups } from '#model/host-groups.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Completion } from './requests.ts'

/** Groups with the number of their hosts, then hosts with their groups. */
export function groupsOfHosts(inventory: Inventory): readonly Completion[] {
  const sizes = new Map<string, number>()
  const hosts = [...inventory.hosts.values()].filter(({ groups }) => groups.length > 0)
  for (const host of hosts) {
    for (const { name } of hostGroups(inventory, host)) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  }
  sizes.set('all', hosts.length)
  const groups = [...inventory.groups.keys()].flatMap((value) => {
    const size = sizes.get(value) ?? 0
    // It is always there, and empty where all hosts have a group.
    if (value === 'ungrouped' && size === 0) return []
    return { value, description: size === 1 ? 'group of 1 host' : `group of ${size} hosts` }
  })
  return [...groups, ...hosts.map(({ name, groups: own }) => ({ value: name, description: own.join(', ') }))]
}
