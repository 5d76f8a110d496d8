import { hostGroups } from '#model/host-groups.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Group, Host, Inventory } from '#model/inventory.ts'
import type { Vars, VarsLayer } from '#model/value.ts'

/** The inventory during a run: what the sources said, and what add_host and group_by added since. */
export class RuntimeInventory {
  #source: Inventory
  #current: Inventory

  constructor(source: Inventory) {
    this.#source = source
    this.#current = source
  }

  /** As of now; a value that never changes. */
  get current(): Inventory {
    return this.#current
  }

  /** Puts newly read sources in place; hosts and groups added during the run stay. */
  replace(fresh: Inventory): void {
    const added = [...this.#current.hosts.values()].filter(({ name }) => !this.#source.hosts.has(name))
    const children = [...this.#current.groups.values()].flatMap((group) => {
      const before = this.#source.groups.get(group.name)?.children ?? []
      return group.children
        .filter((name) => !before.includes(name))
        .map((name) => [group.name, name] as const)
    })
    const memberships = [...this.#current.hosts.values()].flatMap((host) => {
      const before = this.#source.hosts.get(host.name)?.groups ?? []
      return host.groups
        .filter((group) => !before.includes(group))
        .map((group) => [host.name, group] as const)
    })
    this.#source = fresh
    this.#current = {
      ...fresh,
      hosts: new Map([...fresh.hosts, ...added.map((host) => [host.name, { ...host, groups: [] }] as const)]),
    }
    for (const [parent, child] of children) this.#addChild(parent, child)
    for (const [host, group] of memberships) this.addToGroup(host, group)
  }

  has(name: string): boolean {
    return this.#current.hosts.has(name)
  }

  host(name: string): Host {
    return this.#current.hosts.get(name) ?? implicitHost(name)
  }

  /** All hosts of `all`, in order; the implicit localhost is in no group and so not among them. */
  hostNames(): readonly string[] {
    return [...this.#current.hosts.values()].filter(({ groups }) => groups.length > 0).map(({ name }) => name)
  }

  /** Groups a host is in, by any path, `all` left out, sorted as `group_names` is. */
  groupsOf(host: string): readonly string[] {
    return hostGroups(this.#current, this.host(host))
      .map(({ name }) => name)
      .sort()
  }

  /** Every group with all its hosts, in the order of the inventory. */
  groups(): ReadonlyMap<string, readonly string[]> {
    const members = new Map<string, string[]>([...this.#current.groups.keys()].map((name) => [name, []]))
    members.get('all')?.push(...this.hostNames())
    for (const host of this.#current.hosts.values()) {
      for (const { name } of hostGroups(this.#current, host)) members.get(name)?.push(host.name)
    }
    return members
  }

  /** Levels 3 to 10 of a host, weakest first. */
  layersOf(name: string): readonly VarsLayer[] {
    return hostLayers(this.#current, this.host(name))
  }

  /** Adds a host, or groups and variables to one. True when the host or a membership is new. */
  addHost(name: string, groups: readonly string[], vars: Vars): boolean {
    const before = this.host(name)
    const joins = groups.filter((group) => !before.groups.includes(group))
    const layers = vars.size > 0 ? [...before.layers, { level: 8, origin: 'add_host', vars }] : before.layers
    const isNew = !this.has(name)
    this.#setHost({ ...before, layers })
    if (isNew && joins.length === 0) this.addToGroup(name, 'ungrouped')
    for (const group of joins) this.addToGroup(name, group)
    return isNew || joins.length > 0
  }

  /** Puts a host into a group, which is made when it does not exist. True when it was not in it. */
  addToGroup(name: string, group: string, parents: readonly string[] = []): boolean {
    const host = this.host(name)
    const isNew = !host.groups.includes(group)
    if (!this.#current.groups.has(group) && parents.length === 0) this.#addChild('all', group)
    const known = this.#group(group)
    this.#setGroup({ ...known, hosts: isNew ? [...known.hosts, name] : known.hosts })
    for (const parent of parents) this.#addChild(parent, group)
    if (isNew)
      this.#setHost({ ...host, groups: [...host.groups.filter((one) => one !== 'ungrouped'), group] })
    return isNew
  }

  #addChild(parent: string, child: string): void {
    const known = this.#group(parent)
    if (!known.children.includes(child)) this.#setGroup({ ...known, children: [...known.children, child] })
  }

  #group(name: string): Group {
    return (
      this.#current.groups.get(name) ?? { name, children: [], hosts: [], depth: 1, priority: 1, layers: [] }
    )
  }

  #setHost(host: Host): void {
    this.#current = { ...this.#current, hosts: new Map(this.#current.hosts).set(host.name, host) }
  }

  #setGroup(group: Group): void {
    this.#current = { ...this.#current, groups: new Map(this.#current.groups).set(group.name, group) }
  }
}

/** `localhost` exists without being written down; so does a host that only `delegate_to` names. */
function implicitHost(name: string): Host {
  return { name, groups: [], layers: [] }
}
