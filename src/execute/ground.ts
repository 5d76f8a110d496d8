import type { Task } from '#model/program.ts'
import type { HostSession } from './host-session.ts'
import type { PlayState } from './play-state.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'
import { scopeOf } from './scopes.ts'
import { text, wishesOf } from './task-keywords.ts'

/** Where one call runs. */
export interface Ground {
  /** The host itself, or the one it is delegated to. */
  readonly runsOn: string
  readonly session: HostSession
  /** The variables that say how to reach and act on `runsOn`. */
  readonly connectionScope: Scope
}

/** A task at a host, with the variables it sees there. */
export interface GroundSeeker {
  readonly run: RunState
  readonly state: PlayState
  readonly task: Task
  readonly host: string
  readonly scope: Scope
}

/** Decided for each item of a loop: `delegate_to` and `remote_user` may name the item. */
export function groundOf({ run, state, task, host, scope }: GroundSeeker): Ground {
  const runsOn = text(task.keywords.delegateTo, scope) ?? host
  const session = run.host(runsOn).sessions.of(wishesOf(task.keywords, scope))
  const connectionScope = runsOn === host ? scope : scopeOf(runsOn, { run, play: state, step: undefined })
  return { runsOn, session, connectionScope }
}
