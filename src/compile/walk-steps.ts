import type { Step } from '#model/program.ts'

/** All steps below some, themselves included, in the order in which they are written. */
export function allSteps(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step): readonly Step[] =>
    step.kind === 'block'
      ? [step, ...allSteps(step.block), ...allSteps(step.rescue), ...allSteps(step.always)]
      : [step],
  )
}

/** As `allSteps`, with the steps of includes that are known before the run. */
export function allKnownSteps(
  steps: readonly Step[],
  included: ReadonlyMap<string, { readonly steps: readonly Step[] }>,
): readonly Step[] {
  return allSteps(steps).flatMap((step): readonly Step[] =>
    step.kind === 'include' ? [step, ...allKnownSteps(included.get(step.id)?.steps ?? [], included)] : [step],
  )
}

/** Steps with some of them left out or changed; blocks that lose all their steps go too. */
export function mapSteps(steps: readonly Step[], change: (step: Step) => Step | undefined): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    const changed = change(step)
    if (!changed) return []
    if (changed.kind !== 'block') return [changed]
    const block = {
      ...changed,
      block: mapSteps(changed.block, change),
      rescue: mapSteps(changed.rescue, change),
      always: mapSteps(changed.always, change),
    }
    return block.block.length + block.rescue.length + block.always.length > 0 ? [block] : []
  })
}
