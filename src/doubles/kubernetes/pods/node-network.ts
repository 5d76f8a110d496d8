import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { NodePlan } from './node-plan.ts'

export type Network = Pick<NodePlan, 'addresses' | 'announced' | 'routes'>

/** The one that hosts of a lab are connected by. */
const card = 'eth0'

/** The addresses that an earlier process has left: they outlive it. */
export function leftNetwork(): Network {
  const [addresses = [], announced = []] = ['lo', card].map((device) => {
    const text = execFileSync('ip', ['-o', '-4', 'addr', 'show', 'dev', device, 'scope', 'global']).toString()
    return [...text.matchAll(/ inet ([\d.]+)\/32 /g)].map(([, address = '']) => address)
  })
  return { addresses, announced, routes: [] }
}

/**
 * Brings the host's network from one plan to the next. A pod has no network of its own: its address is one of the host's, so
 * that others reach it there. Throws when something cannot be added; what is to go may be gone already.
 */
export function changeNetwork(before: Network, after: Network): void {
  const [had, has] = [before, after].map(commandsFor)
  if (!had || !has) return
  runAll(
    without(had, has).map((command) => command.replace(' replace ', ' del ')),
    ['-force'],
  )
  runAll(without(has, had), [])
}

/**
 * Tells all on the wire that the addresses of this host are here: a gratuitous ARP for each, as MetalLB sends it when another
 * node spoke for one before (internal/layer2/arp.go). Without it their neighbour tables lead to the other one for a while.
 */
export function announce(): void {
  writeFileSync(`/proc/sys/net/ipv4/conf/${card}/arp_notify`, '1')
  // The kernel does it when a device gets a hardware address: arp_notify in ip-sysctl.
  const hardware = readFileSync(`/sys/class/net/${card}/address`, 'utf8').trim()
  runAll([`link set dev ${card} address ${hardware}`], [])
}

const commandsFor = ({ addresses, announced, routes }: Network): readonly string[] => [
  ...addresses.map((address) => `addr replace ${address}/32 dev lo`),
  ...announced.map((address) => `addr replace ${address}/32 dev ${card}`),
  ...routes.map(({ network, via }) => `route replace ${network} via ${via}`),
]

const without = (all: readonly string[], others: readonly string[]): readonly string[] =>
  all.filter((one) => !others.includes(one))

function runAll(commands: readonly string[], flags: readonly string[]): void {
  if (commands.length === 0) return
  try {
    const input = commands.map((line) => `${line}\n`).join('')
    execFileSync('ip', [...flags, '-batch', '-'], { input, stdio: ['pipe', 'ignore', 'pipe'] })
  } catch (error) {
    // With -force it has done what could be done.
    if (flags.length === 0) throw error
  }
}
