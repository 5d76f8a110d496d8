import { type ConnectionVariable, connectionSpellings } from '#model/connection-variables.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Host, Inventory } from '#model/inventory.ts'
import type { SourceRange } from '#model/source.ts'
import { HostValues } from './host-values.ts'
import { literalOf } from './literal-of.ts'

/**
 * Reports hosts that are the same machine by their address: host, port and jump, as far as they are written
 * out. It is most often a copied line, and running on it would change one machine twice.
 */
export function reportSharedAddresses(inventory: Inventory, report: (diagnostic: Diagnostic) => void): void {
  const finder = new AddressFinder(inventory)
  const byAddress = new Map<string, Host[]>()
  for (const host of inventory.hosts.values()) {
    const address = finder.address(host)
    if (address === undefined) continue
    const others = byAddress.get(address)
    if (others) others.push(host)
    else byAddress.set(address, [host])
  }
  for (const [address, hosts] of byAddress) {
    if (hosts.length < 2) continue
    const careless = hosts.filter((host) => !finder.mayShare(host))
    if (careless.length > 0) report(sharedAddress(address, hosts, finder))
  }
}

function sharedAddress(address: string, hosts: readonly Host[], finder: AddressFinder): Diagnostic {
  const names = hosts.map((host) => `"${host.name}"`)
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names
  const [first, second] = hosts.map((host) => finder.place(host))
  return {
    code: 'shared-address',
    severity: 'error',
    message: `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)} have the same address, ${address}.`,
    remedy: 'Correct one of them; if it is meant so, set "shared_address: true" on each of them.',
    ...(second && { range: second }),
    ...(first && { related: [{ message: `${names[0]} has the address here.`, range: first }] }),
  }
}

const wanted: readonly ConnectionVariable[] = ['ssh_host', 'ssh_port', 'ssh_jump', 'connection']
const spellings = new Map(wanted.map((name) => [name, connectionSpellings(name)]))
const sharing: readonly string[] = ['shared_address']
// Options of the ssh program may hold a jump; two texts that differ are taken for two roads.
const options: readonly string[] = ['ansible_ssh_common_args']

class AddressFinder {
  readonly #values: HostValues

  constructor(inventory: Inventory) {
    this.#values = new HostValues(inventory)
  }

  /** Undefined when there is none or a part of it is not known yet. */
  address(host: Host): string | undefined {
    if (!host.range) return undefined
    const values = wanted.map((name) => this.#values.value(host, spellings.get(name) ?? []))
    if (values.some((value) => value && !value.literal)) return undefined
    const [name, port, jump, connection] = values.map(literalOf)
    if (connection !== undefined && connection !== 'ssh' && connection !== 'smart') return undefined
    const address = `${String(name ?? host.name).toLowerCase()}:${port ?? 22}`
    const road =
      jump === undefined || jump === 'none' ? this.#values.value(host, options)?.text : `through ${jump}`
    return road === undefined ? address : `${address} ${road}`
  }

  mayShare(host: Host): boolean {
    return literalOf(this.#values.value(host, sharing)) === true
  }

  place(host: Host): SourceRange | undefined {
    return this.#values.value(host, spellings.get('ssh_host') ?? [])?.range ?? host.range
  }
}
