import type { PlayState } from './play-state.ts'
import type { RunState } from './run-state.ts'

/** Notifies the handlers that an earlier run of these playbooks left, where this play has them. */
export function restorePending(state: PlayState): void {
  for (const host of state.batch) {
    for (const name of state.run.settings.pendingHandlers.get(host) ?? []) {
      for (const handler of state.handlers.filter((one) => handlerName(one) === name)) {
        state.run.host(host).notified.add(handler.id)
      }
    }
  }
}

/** What a pending handler is remembered by: its role and name. */
export function handlerName(handler: PlayState['handlers'][number]): string {
  const name = handler.name?.text ?? handler.id
  return handler.role ? `${handler.role.name} : ${name}` : name
}

/** Handlers that were notified and have not run, by host, as they are remembered. */
export function pendingHandlers(
  run: RunState,
  namesById: ReadonlyMap<string, string>,
): Readonly<Record<string, readonly string[]>> {
  const entries = run
    .hosts()
    .filter(({ notified }) => notified.size > 0)
    .map(({ name, notified }) => [name, [...notified].map((id) => namesById.get(id) ?? id)] as const)
  return Object.fromEntries(entries)
}
