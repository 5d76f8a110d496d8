import type { Conditions, Keywords, RoleUse, Task } from '#model/program.ts'
import type { RoleFiles } from '#model/syntax.ts'
import type { Value, VarsLayer } from '#model/value.ts'

/** What a play gathers while its steps are built. */
export interface PlayDraft {
  /** Absolute path of the playbook. */
  readonly file: string
  /** Levels 12 and 14, as far as known before the run: what static names may be made of. */
  readonly layers: VarsLayer[]
  /** Roles whose defaults and vars hold for the whole play, in order. */
  readonly roles: RoleUse[]
  /** Handlers that came with roles; those of the play itself stand behind them. */
  readonly roleHandlers: Task[]
}

/** What surrounds a step and so holds for it: its play, the role, blocks and imports around it. */
export interface Scope {
  /** Absolute path of the file the step stands in; relative names are searched from there. */
  readonly file: string
  readonly role?: RoleUse
  readonly roleFiles?: RoleFiles
  readonly keywords: Keywords
  readonly when: Conditions
  readonly tags: readonly string[]
  readonly layers: readonly VarsLayer[]
  readonly notify: readonly Value[]
  readonly place: 'task' | 'handler'
  /** Absolute paths of the task files that are being read, outermost first: a file that imports itself never ends. */
  readonly files: readonly string[]
  readonly play: PlayDraft
}
