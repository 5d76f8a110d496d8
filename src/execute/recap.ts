import type { HostRecap, Recap } from '#model/event.ts'
import { type ExitReason, exitCode } from '#model/exit-code.ts'
import { pendingHandlers } from './pending-handlers.ts'
import type { RunState } from './run-state.ts'

const slowest = 10

/** Sums a run up. `hadHosts`: whether any play had a host. */
export async function recapOf(run: RunState, hadHosts: boolean): Promise<Recap> {
  const hosts = run.hosts().filter(({ name }) => tookPart(run, name))
  const flights = await Promise.all(
    hosts.map(async (host) => [host.name, await host.sessions.flights()] as const),
  )
  const unknown = hosts.filter(({ unknownTasks }) => unknownTasks > 0)
  return {
    type: 'recap',
    hosts: Object.fromEntries(hosts.map(({ name, counts }): [string, HostRecap] => [name, { ...counts }])),
    ...(unknown.length === 0
      ? {}
      : { unknown: Object.fromEntries(unknown.map(({ name, unknownTasks }) => [name, unknownTasks])) }),
    exitCode: exitCode(exitReasonOf(run, hadHosts)),
    durationMs: Date.now() - run.startedAt,
    flights: Math.max(0, ...flights.map(([, count]) => count)),
    flightsByHost: Object.fromEntries(flights),
    pendingHandlers: pendingHandlers(run),
    slowestTasks: slowestTasks(run),
    failures: run.failures,
    ...(run.interrupted ? { interrupted: true } : {}),
  }
}

/** Hosts of plays; a host that only took a delegated task has nothing counted. */
function tookPart(run: RunState, name: string): boolean {
  const { counts, condition } = run.host(name)
  return condition !== 'active' || run.played.has(name) || Object.values(counts).some((count) => count > 0)
}

/** Ruling 11: failed and unreachable in one run count as failed. */
export function exitReasonOf(run: RunState, hadHosts: boolean): ExitReason {
  if (run.interrupted) return 'interrupted'
  const counts = run.hosts().map((host) => host.counts)
  if (counts.some(({ failed }) => failed > 0)) return 'failed'
  if (counts.some(({ unreachable }) => unreachable > 0)) return 'unreachable'
  return hadHosts || run.program.plays.length === 0 ? 'done' : 'noHosts'
}

function slowestTasks(run: RunState): Recap['slowestTasks'] {
  return [...run.durations]
    .map(([id, durationMs]) => ({ task: run.taskNames.get(id) ?? id, durationMs: Math.round(durationMs) }))
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, slowest)
}
