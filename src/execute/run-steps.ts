import type { Step } from '#model/program.ts'
import type { Place } from './play-state.ts'
import { runBlock } from './run-block.ts'
import { runInclude } from './run-include.ts'
import { runMeta } from './run-meta.ts'
import { runTaskOnHosts } from './task-on-hosts.ts'

/**
 * Runs steps one after another on a set of hosts, in lockstep: the linear strategy. Strategies without lockstep
 * call it with one host at a time. Hosts that fail drop out; the rest go on.
 */
export async function runSteps(
  steps: readonly Step[],
  hosts: readonly string[],
  place: Place,
): Promise<void> {
  for (const [i, step] of steps.entries()) {
    if (stillIn(hosts, place).length === 0) return
    const live = stillIn(hosts, place).filter((host) => !hasLeftRole(step, host, place))
    if (live.length === 0) continue
    const rest = { steps, from: i + 1, after: place.rest }
    await runStep(step, live, { ...place, rest })
  }
}

/** Hosts that take part: active ones of a play that has not ended. */
export function stillIn(hosts: readonly string[], { state }: Place): readonly string[] {
  if (state.ended || state.run.interrupted) return []
  return hosts.filter((host) => state.run.host(host).isActive)
}

function hasLeftRole(step: Step, host: string, { state }: Place): boolean {
  const { leftRole } = state.run.host(host)
  return leftRole !== undefined && step.role === leftRole
}

function runStep(step: Step, hosts: readonly string[], place: Place): Promise<void> {
  switch (step.kind) {
    case 'task':
      return runTaskOnHosts(step, hosts, place)
    case 'block':
      return runBlock(step, hosts, place, runSteps)
    case 'include':
      return runInclude(step, hosts, place, runSteps)
    case 'meta':
      return runMeta(step, hosts, place)
  }
}
