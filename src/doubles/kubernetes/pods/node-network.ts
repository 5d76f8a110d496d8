import { execFileSync } from 'node:child_process'
import type { NodePlan } from './node-plan.ts'

export type Network = Pick<NodePlan, 'addresses' | 'routes'>

/**
 * Brings the host's network from one plan to the next. A pod has no network of its own: its address is one of the host's, so
 * that others reach it there.
 */
export function changeNetwork(before: Network, after: Network): void {
  const commands = [
    ...without(before.addresses, after.addresses).map((address) => `addr del ${address}/32 dev lo`),
    ...without(after.addresses, before.addresses).map((address) => `addr add ${address}/32 dev lo`),
    ...without(before.routes.map(routeText), after.routes.map(routeText)).map(
      (route) => `route del ${route}`,
    ),
    ...without(after.routes.map(routeText), before.routes.map(routeText)).map(
      (route) => `route replace ${route}`,
    ),
  ]
  if (commands.length === 0) return
  // What an earlier process has left may be there already.
  execFileSync('ip', ['-force', '-batch', '-'], {
    input: commands.map((line) => `${line}\n`).join(''),
    stdio: ['pipe', 'ignore', 'ignore'],
  })
}

const routeText = ({ network, via }: Network['routes'][number]): string => `${network} via ${via}`

const without = (all: readonly string[], others: readonly string[]): readonly string[] =>
  all.filter((one) => !others.includes(one))
