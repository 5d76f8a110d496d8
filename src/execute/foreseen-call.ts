import type { Task } from '#model/program.ts'
import type { ProgressRelay } from './ahead-run.ts'
import type { ForesightReader } from './foresight-reader.ts'
import type { ModuleCall, Planned } from './run-module.ts'

/** A call that has been planned on what is foreseen. */
export interface ForeseenCall {
  /** See `AheadCall`. */
  readonly key: string
  readonly task: Task
  readonly taskName: string
  readonly call: ModuleCall
  readonly planned: Planned
  readonly reader: ForesightReader
  readonly relay: ProgressRelay
}
