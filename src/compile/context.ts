import type { Node } from '#model/node.ts'
import type { Included, Step } from '#model/program.ts'
import type { CompileInput, Wanted } from './compile-request.ts'
import type { Ids } from './ids.ts'
import type { Language } from './language.ts'
import type { Report } from './report.ts'
import type { Scope } from './scope.ts'

/** What every part of the compiler has at hand. */
export interface Context extends CompileInput {
  readonly report: Report
  readonly language: Language
  readonly ids: Ids
  /** The text of each file, those read during the run included. */
  readonly sources: Map<string, string>
  /** From where each task's relative names are searched, by its id. */
  readonly places: Map<string, Pick<Wanted, 'from' | 'role'>>
  /** Files and roles that names made of variables lead to, and that were not read. */
  readonly wanted: Wanted[]
  /** Blocks that stand for a role, by id: two of one key do the same, so one may be left out. */
  readonly roleKeys: Map<string, string>
  /** What literal includes mean, by the include's id; read by the checks, which look into them. */
  readonly included: Map<string, Included>
  /** Builds the steps of a list. Here, because blocks, roles and imports hold lists themselves. */
  steps(list: Node | undefined, scope: Scope): readonly Step[]
  /** The checks and passes that steps opened during the run still need. */
  finish(included: Included, report: Report): Included
  /** The same compiler over a larger project, or with a report of its own. */
  fork(change: Partial<CompileInput> & { report: Report }): Context
}
