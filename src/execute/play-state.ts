import type { Resource } from '#model/change.ts'
import type { Play, Step, Task } from '#model/program.ts'
import type { VarsLayer } from '#model/value.ts'
import type { RunState } from './run-state.ts'

/** What lives as long as one batch of one play. */
export interface PlayState {
  readonly run: RunState
  readonly play: Play
  /** All hosts of the play, and those of this batch, by name. */
  readonly playHosts: readonly string[]
  readonly batch: readonly string[]
  /** Of single hosts: vars_files whose names hold variables (level 14), and roles included as `public` (2, 15). */
  readonly hostLayers: Map<string, readonly VarsLayer[]>
  /** The play's handlers; includes add theirs. */
  readonly handlers: Task[]
  /** `meta: end_play` and failures that end the play. */
  ended: boolean
  /** Hosts that `meta: clear_host_errors` lets into the next play. */
  readonly cleared: Set<string>
  /** Hosts that were changed in ways that may reach other hosts, since the last task ended. */
  readonly disturbing: Map<string, readonly Resource[]>
  /** Tasks that have been announced, so that strategies without lockstep announce each once. */
  readonly announced: Set<string>
}

/** Where in a play a step is reached: variables of loops and includes around it, per host. */
export interface Place {
  readonly state: PlayState
  readonly locals: ReadonlyMap<string, ReadonlyMap<string, unknown>>
  /** True inside a block that has a rescue: a failure there is not the host's end. */
  readonly rescued: boolean
  /** What comes after the present list of steps, for the readahead. */
  readonly rest: Upcoming | undefined
  readonly handler: boolean
  /** Failures here run `always` parts only: the host has failed already. */
  readonly tolerant?: boolean
}

/** Steps still to come, innermost list first. */
export interface Upcoming {
  readonly steps: readonly Step[]
  readonly from: number
  readonly after: Upcoming | undefined
  /** Something may come before these steps that is not known yet: handlers, another round, the way of a failed host. */
  readonly uncertain?: boolean
}

/** The same steps, but not certainly next. */
export const uncertainly = (rest: Upcoming | undefined): Upcoming | undefined =>
  rest && { ...rest, uncertain: true }
