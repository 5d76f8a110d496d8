import type { CostWatch } from '#model/cost.ts'
import type { Emit } from '#model/event.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Task } from '#model/program.ts'
import type { Secret } from '#model/secret.ts'
import type { Connect } from '#model/transport.ts'
import type { ControllerReads, Lookup, Value } from '#model/value.ts'
import type { Controller } from '#sdk/controller.ts'
import type { HostFactTable } from '#sdk/host-facts.ts'
import type { ModuleDefinition } from '#sdk/module.ts'

/** Everything `execute` needs from outside; `app` hands it in. */
export interface Dependencies {
  readonly connect: Connect
  readonly emit: Emit
  readonly signal: AbortSignal
  module(name: string): ModuleDefinition
  readonly hostFacts: HostFactTable
  /** The controller as one task sees it: its role's files, its variables. */
  controllerFor(place: TaskPlace, lookup: Lookup): Controller
  /** What functions in expressions may read. */
  readonly controllerReads: ControllerReads
  /** Called with every secret that comes to light, so that output can mask it. */
  onSecret(text: string): void
  /** Data as a value that is never rendered again. */
  literal(plain: unknown): Value
  /** Values as one mapping, rendered when it is read. */
  mapping(vars: ReadonlyMap<string, Value>): Value
  /** Reads `vars_files` whose names are known only per host; the first that exists of each list. */
  varsFile(candidates: readonly string[], play: string): Promise<ReadonlyMap<string, Value> | undefined>
  /** Reads the inventory sources again. */
  reloadInventory(): Promise<Inventory>
  /** Hears what a run would cost (`--explain-cost`); the run itself is in check mode. */
  readonly costs?: CostWatch
  /** Asks before each task (`--step`); undefined: never asks. */
  readonly confirmTask?: (task: string) => Promise<'yes' | 'no' | 'continue'>
}

export interface TaskPlace {
  /** Absolute path of the playbook. */
  readonly playbook: string
  /** As in `SourceRange.file`. */
  readonly file: string
  readonly rolePath: string | undefined
  readonly parentRolePaths: readonly string[]
}

/** Choices that hold for a whole run, from the command line. */
export interface RunSettings {
  readonly mode: 'apply' | 'check'
  readonly diff: boolean
  readonly forks: number
  readonly verbosity: number
  /** How many tasks at most are probed ahead; 0 switches it off. */
  readonly readahead: number
  readonly limit?: string
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly forceHandlers: boolean
  readonly playbooks: readonly string[]
  readonly version: string
  /** Where runs and restore points are recorded. */
  readonly stateFolder: string
  readonly connection: ConnectionSettings
  /** Answers to vars_prompt, by play and name; level 13. */
  readonly answers: ReadonlyMap<string, unknown>
  /** Handlers that an earlier run of these playbooks left, by host; they run with what the tasks notify. */
  readonly pendingHandlers: ReadonlyMap<string, readonly string[]>
}

/** Connection variables from the command line; the inventory's win over them where Ansible's do. */
export interface ConnectionSettings {
  readonly user?: string
  readonly password?: Secret
  readonly privateKeyFile?: string
  readonly connection?: 'ssh' | 'local'
  readonly connectTimeoutSeconds: number
  readonly hostKeyChecking?: 'strict' | 'accept-new' | 'off'
  readonly become: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: string
  readonly becomePassword?: Secret
}

export type { Task }
