import { EvaluationError } from '#model/evaluation-error.ts'
import type { Task } from '#model/program.ts'
import type { Place, PlayState } from './play-state.ts'
import type { Scope } from './scope.ts'

interface Notice {
  readonly task: Task
  readonly host: string
  readonly place: Place
  readonly scope: Scope
}

/** Marks the handlers that a changed task names, by their name or a topic they listen to. */
export function notify({ task, host, place, scope }: Notice): void {
  const { state } = place
  for (const name of task.notify.flatMap((value) => namesOf(value.render(scope)))) {
    const found = handlersNamed(state, name, task.role?.name)
    if (found.length === 0) {
      throw new EvaluationError(`There is no handler "${name}".`, task.notify[0]?.range)
    }
    for (const handler of found) state.run.host(host).notified.add(handler.id)
  }
}

function namesOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String)
}

/**
 * A name picks one handler: that of the task's own role, else the one defined last. A topic picks all that
 * listen to it. A name and a topic of the same text both count.
 */
export function handlersNamed(state: PlayState, name: string, role: string | undefined): readonly Task[] {
  const separator = name.indexOf(' : ')
  const [wantedRole, plain] =
    separator < 0 ? [undefined, name] : [name.slice(0, separator), name.slice(separator + 3)]
  const named = state.handlers.filter((handler) => handler.name?.text === plain)
  const inRole = named.filter((handler) => handler.role?.name === (wantedRole ?? role))
  const chosen = wantedRole === undefined ? (inRole.at(-1) ?? named.at(-1)) : inRole.at(-1)
  const listening = state.handlers.filter(({ listen }) => listen.includes(name))
  return [...new Set([...(chosen ? [chosen] : []), ...listening])]
}
