import type { Resource } from '#model/change.ts'
import type { HostRecap } from '#model/event.ts'
import type { RoleUse } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { AheadRun } from './ahead-run.ts'
import type { OpenGuards } from './change-guard.ts'
import type { HostSessions, Wishes } from './host-sessions.ts'

type Counts = { -readonly [K in keyof HostRecap]: number }

/**
 * One host during a whole run.
 *
 * `active`: takes part. `failed`, `unreachable`: out of this play and all later ones, until rescued.
 * `ended`: out of this play by `meta: end_host`.
 */
export class HostState {
  readonly name: string
  readonly sessions: HostSessions
  condition: 'active' | 'failed' | 'unreachable' | 'ended' = 'active'
  readonly counts: Counts = {
    ok: 0,
    changed: 0,
    unreachable: 0,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
  }
  /** Tasks of which check mode cannot tell; `counts.ok` has them as well. */
  unknownTasks = 0
  /** How its present play or task wants to reach it. */
  wishes: Wishes = {}
  /** Level 19: set_fact and registered results. Data, never rendered again. */
  readonly setFacts = new Map<string, unknown>()
  /** Level 18: include_vars. Templates. */
  readonly includedVars = new Map<string, Value>()
  /** What `facts.*` has been asked so far. */
  readonly facts = new Map<string, unknown>()
  /** Ids of handlers notified and not yet run. */
  readonly notified = new Set<string>()
  /** The task and result that failed last, for `ansible_failed_task` and `ansible_failed_result`. */
  lastFailure: { readonly task: unknown; readonly result: unknown } | undefined
  /** The use of a role whose remaining steps `meta: end_role` skips. */
  leftRole: RoleUse | undefined
  /** Of the `confirm` that is in force. */
  guards: OpenGuards | undefined
  /** The step that check mode did not carry out and that may have defined any variable. */
  mayDefine: string | undefined
  /** Calls that were begun before their turn, in order. */
  readonly ahead: AheadRun[] = []
  /** Changes that check mode did not make: what they would have touched, by task. */
  readonly predicted: Prediction[] = []

  constructor(name: string, sessions: HostSessions) {
    this.name = name
    this.sessions = sessions
  }

  get isActive(): boolean {
    return this.condition === 'active'
  }
}

export interface Prediction {
  readonly task: string
  readonly touched: readonly Resource[]
}
