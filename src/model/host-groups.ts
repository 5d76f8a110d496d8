import type { Group, Host, Inventory } from './inventory.ts'

/**
 * All groups a host is in, those above its own included, `all` left out: weakest first, so sorted by depth,
 * priority and name as Ansible merges their variables.
 */
export function hostGroups(inventory: Inventory, host: Pick<Host, 'groups'>): readonly Group[] {
  const index = indexOf(inventory)
  const key = host.groups.join('\0')
  let found = index.closures.get(key)
  if (!found) {
    found = closure(inventory, index.parents, host.groups)
    index.closures.set(key, found)
  }
  return found
}

interface Index {
  readonly parents: ReadonlyMap<string, readonly string[]>
  readonly closures: Map<string, readonly Group[]>
}

// Inventories are values: adding a host at run time makes a new one, so an index never goes stale.
const indexes = new WeakMap<Inventory, Index>()

function indexOf(inventory: Inventory): Index {
  let index = indexes.get(inventory)
  if (!index) {
    index = { parents: parentsOf(inventory), closures: new Map() }
    indexes.set(inventory, index)
  }
  return index
}

function parentsOf(inventory: Inventory): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>()
  for (const group of inventory.groups.values()) {
    for (const child of group.children) {
      const known = parents.get(child)
      if (known) known.push(group.name)
      else parents.set(child, [group.name])
    }
  }
  return parents
}

function closure(
  inventory: Inventory,
  parents: ReadonlyMap<string, readonly string[]>,
  names: readonly string[],
): readonly Group[] {
  const seen = new Set<string>(['all'])
  const found: Group[] = []
  const pending = [...names]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const group = inventory.groups.get(name)
    if (group) found.push(group)
    pending.push(...(parents.get(name) ?? []))
  }
  return found.sort(byStrength)
}

function byStrength(a: Group, b: Group): number {
  return a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : 1)
}
