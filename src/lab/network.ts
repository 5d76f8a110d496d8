import { readdir, writeFile } from 'node:fs/promises'
import type { LabHost, LabPlan } from './lab-plan.ts'
import { runCommand } from './run-command.ts'

/**
 * Makes the lab's network: a namespace with a bridge, and for each host a namespace of its own whose `eth0`
 * is plugged into that bridge. Nothing of it touches this machine's own network.
 */
export async function makeNetwork(plan: LabPlan): Promise<void> {
  await runCommand(['ip', 'netns', 'add', plan.namespace])
  await bridgeHosts(plan, ['-netns', plan.namespace])
  await runCommand(['ip', 'netns', 'exec', plan.namespace, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'])
}

/** The same inside of the lab's namespace, which its keeper is in already. */
export async function makeOwnNetwork(plan: LabPlan): Promise<void> {
  await bridgeHosts(plan, [])
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
}

/** Without a route the gateway answers "network unreachable" at once, where silence would cost minutes. */
async function bridgeHosts(plan: LabPlan, lab: readonly string[]): Promise<void> {
  for (const host of plan.hosts) await runCommand(['ip', 'netns', 'add', host.namespace])
  await batch(lab, [
    'link set lo up',
    'link add br0 type bridge',
    `addr add ${plan.gateway}/24 dev br0`,
    'link set br0 up',
    ...plan.hosts.flatMap((host) => [
      `link add ${host.port} type veth peer name eth0 netns ${host.namespace}`,
      `link set ${host.port} master br0 up`,
    ]),
  ])
}

/**
 * Gives a host that is about to boot its address and its way out, and none of what it had before: its namespace outlives it,
 * with all addresses and routes that it has made.
 */
export function plugIn({ gateway }: LabPlan, host: LabHost): Promise<void> {
  return batch(
    ['-netns', host.namespace],
    [
      // Routes end with it.
      'link set eth0 down',
      'addr flush dev lo scope global',
      'addr flush dev eth0',
      'link set lo up',
      `addr add ${host.address}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway}`,
    ],
  )
}

/** Takes a host that runs no more off the network: else the kernel would go on to answer for its addresses. */
export function pullOut(host: LabHost): Promise<void> {
  return batch(['-netns', host.namespace], ['link set eth0 down'])
}

async function batch(namespace: readonly string[], commands: readonly string[]): Promise<void> {
  await runCommand(['ip', ...namespace, '-batch', '-'], { input: `${commands.join('\n')}\n` })
}

/** Removes the namespaces of a lab, found by their names; interfaces and addresses go with them. */
export async function removeNetwork(id: string): Promise<void> {
  // No folder: this machine never had a named namespace.
  const names = await readdir('/run/netns').catch(() => [])
  const own = names.filter((name) => name === id || name.startsWith(`${id}-`))
  for (const name of own) await runCommand(['ip', 'netns', 'delete', name])
}
