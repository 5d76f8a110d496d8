import type { Play, PlaySection, Step } from '#model/program.ts'
import type { Context } from './context.ts'
import { didYouMean } from './report.ts'
import { nameOf } from './step-name.ts'
import { allSteps } from './walk-steps.ts'

/**
 * Leaves out everything before the first task with one of the names; globs are allowed, and `role : name`. Tasks
 * that a dynamic include would bring are not looked into.
 */
export function startAtTask(plays: readonly Play[], { request, report }: Context): readonly Play[] {
  const names = request.startAt
  if (names.length === 0) return plays
  const search = { found: false, matches: matcher(names) }
  const rest = plays.map((play) => ({
    ...play,
    sections: play.sections.map((section) => fromSection(section, search)),
  }))
  if (search.found) return rest
  const message = `There is no task ${names.map((name) => `"${name}"`).join(' or ')} to start at.`
  const remedy = names[0] === undefined ? undefined : didYouMean(names[0], namesIn(plays))
  report.add({ code: 'unknown-task', message, remedy })
  return plays
}

const namesIn = (plays: readonly Play[]): string[] =>
  plays.flatMap((play) =>
    play.sections.flatMap(({ steps }) => allSteps(steps)).flatMap((step) => nameOf(step) ?? []),
  )

interface Search {
  found: boolean
  readonly matches: (step: Step) => boolean
}

const fromSection = (section: PlaySection, search: Search): PlaySection => ({
  ...section,
  steps: fromSteps(section.steps, search),
})

function fromSteps(steps: readonly Step[], search: Search): readonly Step[] {
  return steps.flatMap((step) => {
    if (search.found) return [step]
    if (search.matches(step)) {
      search.found = true
      return [step]
    }
    return step.kind === 'block' ? fromBlock(step, search) : []
  })
}

/** A block that is entered in its middle keeps its rescue and always. */
function fromBlock(block: Extract<Step, { kind: 'block' }>, search: Search): readonly Step[] {
  const inner = fromSteps(block.block, search)
  if (search.found) return [{ ...block, block: inner }]
  const rescue = fromSteps(block.rescue, search)
  const always = search.found ? block.always : fromSteps(block.always, search)
  return search.found ? [{ ...block, block: [], rescue, always }] : []
}

function matcher(names: readonly string[]): (step: Step) => boolean {
  const globs = names.map(
    (name) =>
      new RegExp(
        `^${name
          .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
        's',
      ),
  )
  return (step) => {
    const name = nameOf(step)
    const withRole = step.role ? `${step.role.name} : ${name}` : name
    return name !== undefined && globs.some((glob) => glob.test(name) || glob.test(withRole ?? name))
  }
}
