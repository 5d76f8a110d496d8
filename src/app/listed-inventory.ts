import type { Group, Inventory } from '#model/inventory.ts'
import type { HostVariables } from './host-variables.ts'

export interface ListedInventory {
  readonly inventory: Inventory
  /** The hosts to list. */
  readonly hosts: ReadonlySet<string>
  readonly variables: HostVariables
}

/**
 * The form in which dynamic inventories print themselves, all variables merged into `_meta.hostvars`. Hosts stand in
 * the groups below `all`, `ungrouped` among them.
 */
export function dynamicInventory({ inventory, hosts, variables }: ListedInventory): unknown {
  const groups = [...inventory.groups.values()].map((group) => [group.name, memberLists(group, hosts)])
  const hostvars = Object.fromEntries([...hosts].map((host) => [host, variables.of(host)]))
  return { _meta: { hostvars }, ...Object.fromEntries(groups) }
}

function memberLists({ name, hosts, children }: Group, listed: ReadonlySet<string>): unknown {
  const own = hosts.filter((host) => name !== 'all' && listed.has(host))
  return {
    ...(own.length > 0 && { hosts: own }),
    ...(children.length > 0 && { children }),
  }
}

/** The form in which inventories are written in YAML. Each host's variables stand where it is named first. */
export function writtenInventory({ inventory, hosts, variables }: ListedInventory): unknown {
  const written = new Set<string>()
  const isFirst = (name: string): boolean => !written.has(name) && written.add(name).has(name)
  const groupOf = (name: string): unknown => {
    const group = inventory.groups.get(name)
    if (!group || !isFirst(`group ${name}`)) return {}
    const children = group.children.map((child) => [child, groupOf(child)] as const)
    const own = group.hosts
      .filter((host) => name !== 'all' && hosts.has(host))
      .map((host) => [host, isFirst(`host ${host}`) ? variables.of(host) : {}] as const)
    return {
      ...(children.length > 0 && { children: Object.fromEntries(children) }),
      ...(own.length > 0 && { hosts: Object.fromEntries(own) }),
    }
  }
  return { all: groupOf('all') }
}

/** The hosts of `all`, in order; the implicit localhost is not among them. */
export const groupedHosts = (inventory: Inventory): readonly string[] =>
  [...inventory.hosts.values()].filter(({ groups }) => groups.length > 0).map(({ name }) => name)
