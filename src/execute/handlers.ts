import type { Task } from '#model/program.ts'
import type { Place, PlayState } from './play-state.ts'
import { runTaskOnHosts } from './task-on-hosts.ts'

/** A handler may notify others, and those it again; in one flush none runs more often than this. */
const mostRuns = 2

/**
 * Runs what was notified, in the order of definition, on the hosts that notified it, until nothing is left.
 * Hosts that have failed keep their notifications for the recap unless handlers are forced.
 */
export async function flushHandlers(hosts: readonly string[], place: Place): Promise<void> {
  const { state } = place
  const runs = new Map<string, number>()
  for (;;) {
    const next = state.handlers.find(
      ({ id }) => (runs.get(id) ?? 0) < mostRuns && pendingOn(id, hosts, state).length > 0,
    )
    if (state.run.interrupted) return
    if (!next) return dropRest(runs, hosts, state)
    runs.set(next.id, (runs.get(next.id) ?? 0) + 1)
    const due = pendingOn(next.id, hosts, state)
    for (const host of due) state.run.host(host).notified.delete(next.id)
    await runTaskOnHosts(next, due, { ...place, handler: true, rest: upcomingHandlers(state, hosts, next) })
  }
}

/** Handlers that notify each other in a circle have run often enough: the next flush does not go on with them. */
function dropRest(runs: ReadonlyMap<string, number>, hosts: readonly string[], state: PlayState): void {
  for (const [id, count] of runs) {
    if (count < mostRuns) continue
    for (const host of pendingOn(id, hosts, state)) state.run.host(host).notified.delete(id)
  }
}

/** The other handlers that are due, for the readahead. */
function upcomingHandlers(state: PlayState, hosts: readonly string[], now: Task): Place['rest'] {
  const steps = state.handlers.filter(({ id }) => id !== now.id && pendingOn(id, hosts, state).length > 0)
  return { steps, from: 0, after: undefined }
}

function pendingOn(id: string, hosts: readonly string[], { run }: PlayState): readonly string[] {
  return hosts.filter((name) => run.host(name).isActive && run.host(name).notified.has(id))
}
