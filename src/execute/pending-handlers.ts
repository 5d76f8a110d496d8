import type { Task } from '#model/program.ts'
import type { Place } from './play-state.ts'
import type { RunState } from './run-state.ts'

/**
 * Notifies the handlers that an earlier run of these playbooks left, where this play has them by now. They then run
 * with what the tasks notify, and not before: the tasks may mend what made the handler fail.
 */
export function restorePending(hosts: readonly string[], { state }: Place): void {
  for (const host of hosts) {
    const left = state.run.leftHandlers.get(host)
    for (const handler of state.handlers) {
      if (left?.delete(handlerName(handler))) state.run.host(host).notified.add(handler.id)
    }
  }
}

/** What a pending handler is remembered by: its role and name. */
export function handlerName(handler: Task): string {
  const name = handler.name?.text ?? handler.id
  return handler.role ? `${handler.role.name} : ${name}` : name
}

/** Handlers that were notified, now or by an earlier run, and have not run, by host, as they are remembered. */
export function pendingHandlers(run: RunState): Readonly<Record<string, readonly string[]>> {
  const entries = run.hosts().map(({ name, notified }) => {
    const now = [...notified].map((id) => run.handlerNames.get(id) ?? id)
    return [name, [...new Set([...(run.leftHandlers.get(name) ?? []), ...now])]] as const
  })
  return Object.fromEntries(entries.filter(([, names]) => names.length > 0))
}
