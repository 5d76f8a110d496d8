/** One entry of `schedules.yml`, checked. Times are milliseconds. */
export interface Schedule {
  readonly name: string
  /** As written. */
  readonly cron: string
  readonly zone: string
  readonly gap: 'run-after' | 'skip'
  /** A drift check is `plan`. */
  readonly command: 'run' | 'plan'
  readonly playbooks: readonly string[]
  readonly inventories: readonly string[]
  readonly limit?: string
  readonly tags: readonly string[]
  readonly extraVars: readonly string[]
  /** What becomes of times that passed while no daemon ran. */
  readonly catchUp: 'none' | 'latest' | 'all'
  /** Times that passed longer ago are not caught up with. */
  readonly catchUpWithin: number
  /** What becomes of a time at which the one before still runs. */
  readonly overlap: 'skip' | 'queue' | 'replace'
  /** Each run starts a moment later than its time; the moment is the same each time and at most this. */
  readonly jitter: number
  /** A run is ended when it takes longer. */
  readonly deadline?: number
  /** How often a failed run is tried again. */
  readonly retries: number
  readonly retryDelay: number
  /** Names that only one run at a time may hold. */
  readonly locks: readonly string[]
  /** Guests that this schedule backs up; none may have two owners. */
  readonly vms: readonly string[]
  /** Raise an alert when no run has ended well for so long. */
  readonly staleAfter?: number
  readonly paused: boolean
}

/** When nothing is started. What becomes due meanwhile starts afterwards. */
export interface Maintenance {
  readonly name: string
  readonly cron: string
  readonly zone: string
  readonly duration: number
}

/** What an alert is about. */
export type AlertKind = 'failure' | 'recovery' | 'missed' | 'stale' | 'drift'

export type AlertRoute = { readonly on: readonly AlertKind[] } & (
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'ntfy'; readonly url: string; readonly token?: string }
  | { readonly kind: 'email'; readonly smtp: string; readonly from: string; readonly to: readonly string[] }
)

export interface ScheduleFile {
  readonly schedules: readonly Schedule[]
  readonly maintenance: readonly Maintenance[]
  readonly alerts: readonly AlertRoute[]
}
