import type { Include, Play, Step, Task } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { Context } from './context.ts'
import { didYouMean } from './report.ts'
import { staticLookup } from './static-lookup.ts'
import { allKnownSteps } from './walk-steps.ts'

/**
 * Checks that each `notify` names a handler of the play or a topic that one listens to. Names that are known only at
 * run time are checked then; so are all, when a role is included whose name is known only then.
 */
export function linkHandlers(plays: readonly Play[], context: Context): readonly Play[] {
  for (const play of plays) checkPlay(play, context)
  return plays
}

function checkPlay(play: Play, context: Context): void {
  const steps = allKnownSteps(
    [...play.sections.flatMap((section) => section.steps), ...play.handlers],
    context.included,
  )
  const includes = steps.filter((step) => step.kind === 'include')
  const handlers = [
    ...play.handlers,
    ...includes.flatMap((one) => context.included.get(one.id)?.handlers ?? []),
  ]
  if (includes.some((one) => mayBringHandlers(one, context))) return
  if (handlers.some(({ name }) => name && !name.literal)) return
  const known = namesOf(handlers)
  const notifying = [...steps, ...handlers].filter((step): step is Task => step.kind === 'task')
  for (const notify of new Set(notifying.flatMap((task) => task.notify))) checkNotify(notify, known, context)
}

const mayBringHandlers = (step: Include, context: Context): boolean =>
  step.what === 'role' && !context.included.has(step.id)

function namesOf(handlers: readonly Task[]): ReadonlySet<string> {
  return new Set(
    handlers.flatMap(({ name, role, listen }) => {
      const own = name ? [name.text, ...(role ? [`${role.name} : ${name.text}`] : [])] : []
      return [...own, ...listen]
    }),
  )
}

function checkNotify(notify: Value, known: ReadonlySet<string>, context: Context): void {
  if (notify.length !== undefined) {
    for (let i = 0; i < notify.length; i += 1) {
      const item = notify.child(i)
      if (item) checkNotify(item, known, context)
    }
    return
  }
  if (!notify.literal) return
  const name = String(notify.render(staticLookup([])))
  if (known.has(name)) return
  const message = `No handler of the play is called "${name}", and none listens to it.`
  context.report.add({
    code: 'unknown-handler',
    message,
    remedy: didYouMean(name, known),
    range: notify.range,
  })
}

/** Reports two handlers of one list that have the same name: only one of them could ever be meant. */
export function checkDuplicateHandlers(steps: readonly Step[], context: Context): void {
  const seen = new Map<string, Step>()
  for (const step of steps) {
    const name = step.name?.text
    if (name === undefined) continue
    const first = seen.get(name)
    if (!first) {
      seen.set(name, step)
      continue
    }
    const message = `There are two handlers called "${name}".`
    const remedy = 'Give them different names, and let both listen to one topic if both are to run.'
    const related = [{ message: 'The first one stands here.', range: first.name?.range ?? first.range }]
    context.report.add({
      code: 'duplicate-handler',
      message,
      remedy,
      related,
      range: step.name?.range ?? step.range,
    })
  }
}
