import type { Change, TextDiff } from './change.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { SourceRange } from './source.ts'

export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'would_change' | 'unknown'

export interface HostRecap {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
  readonly skipped: number
  readonly rescued: number
  readonly ignored: number
}

interface TaskIdentity {
  readonly play: string
  /** The rendered name without a role prefix; the module's name when the task has none. */
  readonly task: string
  /** Unique within the run; the same for all hosts. */
  readonly taskId: string
  readonly role?: string
  readonly module: string
  readonly source: string
}

/** What became of one task, or one item of its loop, on one host. */
export interface Outcome {
  readonly status: Status
  readonly changed: boolean
  readonly changes: readonly Change[]
  readonly diffs: readonly TextDiff[]
  readonly msg?: string
  readonly rc?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly durationMs: number
  readonly attempts?: number
  readonly ignored?: boolean
  readonly rescued?: boolean
  /** Why it was skipped, or on which task an unknown depends. */
  readonly because?: string
  /** A second plan after the change was not empty: these fields would change again. */
  readonly unsettled?: readonly string[]
  readonly warnings?: readonly string[]
  readonly noLog?: boolean
  /** Where an expression failed, for a caret. */
  readonly range?: SourceRange
  readonly remedy?: string
  /** The module's own result data, for `-v` and JSON. */
  readonly data?: Readonly<Record<string, unknown>>
}

export interface RunStart {
  readonly type: 'run_start'
  readonly playbooks: readonly string[]
  readonly mode: 'apply' | 'check'
  readonly version: string
  readonly time: string
}
export interface PlayStart {
  readonly type: 'play_start'
  readonly play: string
  readonly hosts: readonly string[]
  readonly source: string
  /** Lets displays know whether tasks end in order; `linear` when absent. */
  readonly strategy?: 'linear' | 'free' | 'host_pinned'
}
export interface BatchStart {
  readonly type: 'batch_start'
  readonly play: string
  readonly hosts: readonly string[]
  readonly number: number
  readonly of: number
}
export interface TaskStart extends TaskIdentity {
  readonly type: 'task_start'
  /** How many hosts will come to it, as far as known. */
  readonly hosts: number
  readonly handler: boolean
}
/** A host has begun a task, for live displays. */
export interface HostStart extends TaskIdentity {
  readonly type: 'host_start'
  readonly host: string
}
export interface ItemEnd extends TaskIdentity, Outcome {
  readonly type: 'item'
  readonly host: string
  readonly item: unknown
  readonly label: string
}
export interface TaskEnd extends TaskIdentity, Outcome {
  readonly type: 'task'
  readonly host: string
  readonly handler: boolean
  readonly delegatedTo?: string
  /** Summary of a loop: the outcome of each item. */
  readonly results?: readonly unknown[]
}
/** Long work says how far it is; `line` is output of a running command. */
export interface Progress extends TaskIdentity {
  readonly type: 'progress'
  readonly host: string
  readonly text: string
}
export interface Warning {
  readonly type: 'warning'
  readonly message: string
  readonly host?: string
}
export interface DiagnosticEvent {
  readonly type: 'diagnostic'
  readonly diagnostic: Diagnostic
}
export interface Recap {
  readonly type: 'recap'
  readonly hosts: Readonly<Record<string, HostRecap>>
  /** Tasks of which check mode cannot tell, for hosts that have any; they count as ok in `hosts`. */
  readonly unknown?: Readonly<Record<string, number>>
  readonly exitCode: number
  readonly durationMs: number
  /** Of the host with the most; the recap also has them per host. */
  readonly flights: number
  readonly flightsByHost: Readonly<Record<string, number>>
  readonly pendingHandlers: Readonly<Record<string, readonly string[]>>
  readonly slowestTasks: readonly { readonly task: string; readonly durationMs: number }[]
  /** Failed and unreachable hosts with the task and reason, for the last lines a person reads. */
  readonly failures: readonly { readonly host: string; readonly task: string; readonly reason: string }[]
  readonly interrupted?: boolean
}

export type RunEvent =
  | RunStart
  | PlayStart
  | BatchStart
  | TaskStart
  | HostStart
  | ItemEnd
  | TaskEnd
  | Progress
  | Warning
  | DiagnosticEvent
  | Recap

export type Emit = (event: RunEvent) => void

/** Something that hears every event of a run. Its failure never changes the outcome. */
export interface Listener {
  on(event: RunEvent): void
  /** Called once after the recap; resolves when everything is written. */
  close(): Promise<void>
}
