import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Host, Inventory } from '#model/inventory.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import { HostValues } from './host-values.ts'
import { literalOf } from './literal-of.ts'

/** The group of the hosts that machines run on. */
const ownersGroup = 'proxmox'
const vm: readonly string[] = ['vm']
const lists: readonly string[] = ['vm_machines']
const sharing: readonly string[] = ['shared_address']

/** A machine as the inventory writes it out: by the `vm` of its own host, or in the `vm_machines` of a Proxmox host. */
interface Machine {
  readonly vmid: number
  /** The Proxmox host; undefined when nothing says which of several. */
  readonly owner: string | undefined
  /** The host of the inventory that it is. */
  readonly host?: Host
  readonly range: SourceRange
}

/**
 * Reports machines of Proxmox that belong to two hosts, to none of several, or share a number, as far as they are
 * written out. Both hosts would make, back up and prune what is one machine's by its number.
 */
export function reportMachineOwners(inventory: Inventory, report: (diagnostic: Diagnostic) => void): void {
  const owners = membersOf(inventory, ownersGroup)
  const finder = new MachineFinder(inventory, owners, report)
  const first = new Map<number, Machine>()
  for (const host of inventory.hosts.values()) {
    for (const machine of finder.machines(host)) {
      const other = first.get(machine.vmid)
      if (!other) first.set(machine.vmid, machine)
      else if (differ(other, machine, finder)) report(twice(other, machine))
    }
  }
}

function differ(one: Machine, other: Machine, finder: MachineFinder): boolean {
  if (one.owner !== undefined && other.owner !== undefined && one.owner !== other.owner) return true
  if (!one.host || !other.host || one.host === other.host) return false
  return !(finder.mayShare(one.host) && finder.mayShare(other.host))
}

function twice(one: Machine, other: Machine): Diagnostic {
  const isOwned = one.owner !== other.owner && one.owner !== undefined && other.owner !== undefined
  const message = isOwned
    ? `Machine ${one.vmid} belongs to two hosts: "${one.owner}" and "${other.owner}".`
    : `"${one.host?.name}" and "${other.host?.name}" are both machine ${one.vmid}.`
  return {
    code: 'shared-machine',
    severity: 'error',
    message,
    remedy: isOwned
      ? 'Give one of them another number: backups, restores and schedules know a machine by it.'
      : 'Correct the `vmid` of one of them.',
    range: other.range,
    related: [{ message: `Machine ${one.vmid} is named here first.`, range: one.range }],
  }
}

class MachineFinder {
  readonly #values: HostValues
  readonly #owners: ReadonlySet<string>
  readonly #report: (diagnostic: Diagnostic) => void

  constructor(inventory: Inventory, owners: ReadonlySet<string>, report: (diagnostic: Diagnostic) => void) {
    this.#values = new HostValues(inventory)
    this.#owners = owners
    this.#report = report
  }

  mayShare(host: Host): boolean {
    return literalOf(this.#values.value(host, sharing)) === true
  }

  machines(host: Host): readonly Machine[] {
    return [...this.#own(host), ...this.#listed(host)]
  }

  /** What the host itself is. */
  #own(host: Host): readonly Machine[] {
    const value = this.#values.value(host, vm)
    const vmid = numberOf(value?.child('vmid'))
    if (!value || vmid === undefined) return []
    return [{ vmid, owner: this.#ownerOf(host, value), host, range: rangeOf(value) }]
  }

  #ownerOf(host: Host, value: Value): string | undefined {
    const [only] = this.#owners
    const said = value.child('host')
    if (!said) {
      if (this.#owners.size > 1) this.#report(homeless(host, value, this.#owners))
      return this.#owners.size === 1 ? only : undefined
    }
    const owner = literalOf(said)
    if (typeof owner !== 'string') return undefined
    if (this.#owners.size > 0 && !this.#owners.has(owner))
      this.#report(unknownOwner(host, said, this.#owners))
    return owner
  }

  /** What a Proxmox host makes. */
  #listed(host: Host): readonly Machine[] {
    const list = this.#owners.has(host.name) ? this.#values.value(host, lists) : undefined
    return Array.from({ length: list?.length ?? 0 }).flatMap((_, i) => {
      const entry = list?.child(i)
      const vmid = numberOf(entry?.child('vmid'))
      if (!entry || vmid === undefined) return []
      const said = entry.child('host')
      const owner = said ? literalOf(said) : host.name
      return [{ vmid, owner: typeof owner === 'string' ? owner : undefined, range: rangeOf(entry) }]
    })
  }
}

const numberOf = (value: Value | undefined): number | undefined => {
  const number = Number(literalOf(value) ?? Number.NaN)
  return Number.isInteger(number) ? number : undefined
}

const rangeOf = (value: Value): SourceRange => value.child('vmid')?.range ?? value.range

function homeless({ name }: Host, value: Value, owners: ReadonlySet<string>): Diagnostic {
  const [example] = owners
  return {
    code: 'shared-machine',
    severity: 'error',
    message: `"${name}" is a machine of one of ${owners.size} hosts of the group ${ownersGroup}, and nothing says of which.`,
    remedy: `Add its host, as in \`vm: { host: ${example}, … }\`.`,
    range: rangeOf(value),
  }
}

function unknownOwner({ name }: Host, said: Value, owners: ReadonlySet<string>): Diagnostic {
  const near = nearest(said.text, owners)
  return {
    code: 'shared-machine',
    severity: 'error',
    message: `"${name}" is a machine of "${said.text}", which is no host of the group ${ownersGroup}.`,
    remedy: near === undefined ? `The group has ${[...owners].join(', ')}.` : `Did you mean "${near}"?`,
    range: said.range,
  }
}

/** Members of a group and of the groups within it; a circle of groups has been reported already. */
function membersOf(inventory: Inventory, name: string, above: readonly string[] = []): ReadonlySet<string> {
  const group = inventory.groups.get(name)
  if (!group || above.includes(name)) return new Set()
  const inside = group.children.flatMap((child) => [...membersOf(inventory, child, [...above, name])])
  return new Set([...group.hosts, ...inside])
}
