import type { Play } from '#model/program.ts'
import type { Context } from './context.ts'
import { didYouMean } from './report.ts'
import { allKnownSteps } from './walk-steps.ts'

const special = ['all', 'always', 'never', 'tagged', 'untagged']

/** Warns of tags on the command line that no step has. Nothing is said when an include may still bring them. */
export function checkTags(plays: readonly Play[], context: Context): readonly Play[] {
  const { tags, skipTags } = context.request
  const steps = plays.flatMap((play) =>
    allKnownSteps(
      play.sections.flatMap((section) => section.steps),
      context.included,
    ),
  )
  const known = new Set([...plays.flatMap((play) => play.tags), ...steps.flatMap((step) => step.tags)])
  if (steps.some((step) => step.kind === 'include' && !context.included.has(step.id))) return plays
  for (const tag of [...tags, ...skipTags]) {
    if (known.has(tag) || special.includes(tag)) continue
    const message = `No task has the tag "${tag}".`
    context.report.add({ code: 'unknown-tag', severity: 'warning', message, remedy: didYouMean(tag, known) })
  }
  return plays
}
