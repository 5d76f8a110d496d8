import { nameOf } from '#compile/step-name.ts'
import type { Play, Program, Step } from '#model/program.ts'

/** The steps of a play as short lines, blocks indented: `apt`, `block`, `Install nginx`. */
export function outline(steps: readonly Step[], indent = ''): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'block') return [`${indent}${nameOf(step)}`]
    const parts = (['block', 'rescue', 'always'] as const).flatMap((part) =>
      step[part].length === 0 ? [] : [`${indent}${part}:`, ...outline(step[part], `${indent}  `)],
    )
    return parts
  })
}

/** The only play of a program. */
export function onlyPlay({ plays }: Program): Play {
  const [play] = plays
  if (!play || plays.length !== 1) throw new Error(`The program has ${plays.length} plays.`)
  return play
}

export const stepsOf = (program: Program): readonly Step[] =>
  onlyPlay(program).sections.flatMap((section) => section.steps)

/** All tasks of a program in order, those in blocks included. */
export function tasksOf(program: Program): readonly Extract<Step, { kind: 'task' }>[] {
  const below = (step: Step): readonly Step[] =>
    step.kind === 'block' ? [...step.block, ...step.rescue, ...step.always].flatMap(below) : [step]
  const all = program.plays.flatMap((play) => play.sections.flatMap(({ steps }) => steps)).flatMap(below)
  return all.filter((step) => step.kind === 'task')
}
