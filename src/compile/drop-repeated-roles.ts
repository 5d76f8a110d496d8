import type { Block, Play, RoleUse, Step } from '#model/program.ts'
import { allSteps, mapSteps } from './walk-steps.ts'

/**
 * Leaves out a role that has surely run already in the play: the same role with the same params, under no condition
 * that its earlier use did not have to meet. An earlier use that may be skipped does not count, for then this one is
 * the one that runs. The handlers of a use that is left out go with it, lest a topic run them twice.
 */
export function dropRepeatedRoles(play: Play, keys: ReadonlyMap<string, string>): Play {
  const seen = new Map<string, Block[]>()
  const dropped = new Set<RoleUse | undefined>()
  const keep = (step: Step): Step | undefined => {
    const key = step.kind === 'block' ? keys.get(step.id) : undefined
    if (step.kind !== 'block' || key === undefined) return step
    const earlier = seen.get(key) ?? []
    if (earlier.some((one) => covers(one, step))) {
      for (const { role } of allSteps([step])) dropped.add(role)
      return undefined
    }
    seen.set(key, [...earlier, step])
    return step
  }
  const sections = play.sections.map((one) => ({ ...one, steps: mapSteps(one.steps, keep) }))
  return { ...play, sections, handlers: play.handlers.filter(({ role }) => !role || !dropped.has(role)) }
}

function covers(earlier: Block, later: Block): boolean {
  const conditions = new Set(later.when.map(({ text }) => text))
  return earlier.when.every(({ text }) => conditions.has(text))
}
