import type { Inventory } from '#model/inventory.ts'
import type { Project } from '#model/syntax.ts'
import type { VarsLayer } from '#model/value.ts'
import type { Catalogue } from '#sdk/catalogue.ts'

/** All that compiling needs. */
export interface CompileInput {
  readonly project: Project
  readonly inventory: Inventory
  readonly catalogue: Catalogue
  readonly request: CompileRequest
}

/** What the command line asks for, as far as it changes the program. */
export interface CompileRequest {
  /** Level 22. */
  readonly extraVars: VarsLayer
  /** `--tags`; empty for all. */
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  /** `--start-at-task`: the first task with one of these names (globs allowed) is the first to run; empty for all. */
  readonly startAt: readonly string[]
  /** What a name in `hosts:` that the inventory does not have is. Default `error`. */
  readonly unknownHosts?: 'error' | 'warn'
  /** Names that exist besides all that the project defines: `--extra` facts of a caller, say. */
  readonly definedNames?: Iterable<string>
  /** Reads what only a run can name: an include whose file name holds a variable. */
  readonly grow: Grow
}

/**
 * Gives the project with one more task file or role in it, and everything that file names literally; and the
 * catalogue with the modules they use. Resolves to the project as it is when there is no such file: the caller
 * then finds nothing under the name. Rejects only for reasons of its own (a file that cannot be read).
 */
export type Grow = (project: Project, wanted: Wanted) => Promise<Pick<CompileInput, 'project' | 'catalogue'>>

export interface Wanted {
  readonly kind: 'tasks' | 'handlers' | 'role'
  readonly name: string
  /** Absolute path of the file that names it. */
  readonly from: string
  /** The role that file belongs to, if any. */
  readonly role?: string
}
