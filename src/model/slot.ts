import type { ProcessMark } from './run-record.ts'
import type { AlertKind } from './schedule.ts'

/**
 * One time at which a schedule is due, and what became of it.
 *
 *     due → started → ended           `outcome` says how
 *      ↑        │
 *      └────────┘ tried again         `attempt` counts, `notBefore` says from when on
 *     due → skipped                   `reason` says why
 */
export interface Slot {
  readonly schedule: string
  readonly at: number
  readonly state: 'due' | 'started' | 'ended' | 'skipped'
  readonly attempt: number
  readonly manual: boolean
  readonly notBefore?: number
  readonly run?: string
  readonly process?: ProcessMark
  readonly startedAt?: number
  readonly endedAt?: number
  /** A reason of the exit code table, or `killed`, `deadline`, `replaced`. */
  readonly outcome?: string
  readonly reason?: string
}

/** A time of a schedule that a daemon has come to: to run, or to be passed over for a reason. */
export interface Decision {
  readonly at: number
  readonly skip?: string
}

/** Something that people are to be told. */
export interface Alert {
  readonly id: number
  readonly kind: AlertKind
  readonly schedule: string
  readonly text: string
  readonly raisedAt: number
}
