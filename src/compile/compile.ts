import type { Diagnostic } from '#model/diagnostic.ts'
import type { Included, Play, Program } from '#model/program.ts'
import { buildPlay } from './build-play.ts'
import { buildSteps } from './build-steps.ts'
import { checkExpressions } from './check-expressions.ts'
import { checkTags } from './check-tags.ts'
import type { CompileInput, Wanted } from './compile-request.ts'
import type { Context } from './context.ts'
import { dropRepeatedRoles } from './drop-repeated-roles.ts'
import { dynamicNames } from './dynamic-names.ts'
import { filterTags } from './filter-tags.ts'
import { Ids } from './ids.ts'
import { createLanguage } from './language.ts'
import { linkHandlers } from './link-handlers.ts'
import { readPlaybooks } from './read-playbooks.ts'
import { Report } from './report.ts'
import { startAtTask } from './start-at-task.ts'

export interface CompileResult {
  readonly program?: Program
  readonly diagnostics: readonly Diagnostic[]
  /** What imports with variables in their names lead to, and the project does not have: see `compileGrowing`. */
  readonly wanted: readonly Wanted[]
}

/** One look at all plays: it reports what is wrong with them, or gives them back changed. */
type Pass = (plays: readonly Play[], context: Context) => readonly Play[]

const passes: readonly Pass[] = [
  // All plays first: what any of them registers may be read by the others.
  (plays, context) => checkExpressions(plays, dynamicNames(context.project), context),
  // Before tags leave tasks out: a task that is left out today names its handlers all the same.
  linkHandlers,
  checkTags,
  (plays, { request }) => eachSection(plays, (steps) => filterTags(steps, request)),
  // After the tags: the use of a role that tags leave out does not count as its first.
  (plays, { roleKeys }) => plays.map((play) => dropRepeatedRoles(play, roleKeys)),
  // Last: it starts at a task that would run.
  startAtTask,
]

/**
 * Gives a project its meaning: playbooks become a program in which nothing is text that still has to be understood.
 * Everything that can be checked without a host is checked, and all that is wrong is reported at once, in the order
 * of the files. There is a program only when nothing is an error. Pure; dynamic includes read files later, through
 * `request.grow`.
 */
export function compile(input: CompileInput): CompileResult {
  const context = createContext(input, new Report())
  context.report.addAll(input.project.diagnostics)
  const plays = passes.reduce((all, pass) => pass(all, context), buildPlays(context))
  const diagnostics = context.report.sorted()
  const { wanted } = context
  if (context.report.hasErrors) return { diagnostics, wanted }
  const { inventory, request } = input
  return {
    program: { plays, inventory, extraVars: request.extraVars, sources: context.sources },
    diagnostics,
    wanted,
  }
}

/** Roles, imports and includes are expanded, modules bound and arguments checked as the steps are built. */
function buildPlays(context: Context): readonly Play[] {
  const dynamic = dynamicNames(context.project)
  return readPlaybooks(context.project.playbooks, context).flatMap(
    (written) => buildPlay(written, dynamic, context) ?? [],
  )
}

function createContext(input: CompileInput, report: Report, shared?: Context): Context {
  const context: Context = {
    ...input,
    report,
    language: createLanguage(report),
    ids: shared?.ids ?? new Ids(),
    sources: shared?.sources ?? new Map(input.project.sources),
    places: shared?.places ?? new Map(),
    wanted: shared?.wanted ?? [],
    roleKeys: shared?.roleKeys ?? new Map(),
    included: shared?.included ?? new Map(),
    steps: (list, scope) => buildSteps(list, scope, context),
    finish: (included) => finish(included, context),
    fork: ({ report: own, ...change }) => createContext({ ...context, ...change }, own, context),
  }
  return context
}

const eachSection = (
  plays: readonly Play[],
  change: (steps: Play['sections'][number]['steps']) => Play['sections'][number]['steps'],
): readonly Play[] =>
  plays.map((play) => ({
    ...play,
    sections: play.sections.map((section) => ({ ...section, steps: change(section.steps) })),
  }))

/** What is included is asked for its tags too. */
const finish = (included: Included, { request }: Context): Included => ({
  ...included,
  steps: filterTags(included.steps, request),
})
