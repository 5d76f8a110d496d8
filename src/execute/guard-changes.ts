import { HostError } from '#model/host-error.ts'
import type { Become } from '#model/transport.ts'
import { ChangeGuard } from './change-guard.ts'
import type { CallSite } from './module-call.ts'
import type { RunState } from './run-state.ts'
import { number, wishesOf } from './task-keywords.ts'

/**
 * The guard for the changes of a task with `confirm`. All tasks that inherit one `confirm` share it on a host, so
 * that what they did is taken back together.
 */
export async function guardFor(site: CallSite, as: Become | undefined): Promise<ChangeGuard | undefined> {
  const { run, task, scope, runsOn, session } = site
  const { confirm } = task.keywords
  const seconds = number(confirm, scope)
  if (!confirm || !seconds) return undefined
  const host = run.host(runsOn)
  if (host.guards?.confirm !== confirm) await closeGuards(run, runsOn)
  host.guards ??= { confirm, byUser: new Map() }
  const key = as ? `${as.method}:${as.user}` : ''
  const known = host.guards.byUser.get(key)
  if (known) return known
  const wishes = wishesOf(task.keywords, scope)
  const guard = new ChangeGuard({
    host: runsOn,
    seconds,
    as,
    signal: run.dependencies.signal,
    connection: () => session.connect(),
    connectAnew: (signal) => run.connectAnew(runsOn, wishes, signal),
    onUncovered: () =>
      run.warnOnce(
        `"confirm" cannot take back what "${site.taskName}" changes: it names no file and no unit.`,
        `confirm ${task.id}`,
      ),
    afterRollback: () => host.sessions.disconnect(),
  })
  host.guards.byUser.set(key, guard)
  return guard
}

/** Removes what the guards of a host keep there; what cannot be removed is said. */
export async function closeGuards(run: RunState, name: string): Promise<void> {
  const host = run.host(name)
  const { guards } = host
  host.guards = undefined
  if (!guards || host.condition === 'unreachable' || run.interrupted) return
  for (const guard of guards.byUser.values()) {
    try {
      await guard.close()
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      run.warn(`Copies of changed files stay in ~/.tsplay/confirm: ${error.message}`, name)
    }
  }
}
