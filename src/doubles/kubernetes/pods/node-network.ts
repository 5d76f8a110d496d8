import { execFileSync } from 'node:child_process'
import type { NodePlan } from './node-plan.ts'

export type Network = Pick<NodePlan, 'addresses' | 'routes'>

/** The addresses that an earlier process has left: they outlive it, and in a lab even their host. */
export function leftNetwork(): Network {
  const text = execFileSync('ip', ['-o', '-4', 'addr', 'show', 'dev', 'lo', 'scope', 'global']).toString()
  return {
    addresses: [...text.matchAll(/ inet ([\d.]+)\/32 /g)].map(([, address = '']) => address),
    routes: [],
  }
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

const commandsFor = ({ addresses, routes }: Network): readonly string[] => [
  ...addresses.map((address) => `addr replace ${address}/32 dev lo`),
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
