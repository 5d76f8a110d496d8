import type { Step, Task } from '#model/program.ts'
import type { Upcoming } from './play-state.ts'

/**
 * The tasks a host comes to next as long as nothing fails, up to where only the controller can say what comes: an
 * include, a looped block, handlers.
 */
export function* certainTasks(rest: Upcoming | undefined): Iterable<Task> {
  for (let list = rest; list && !list.uncertain; list = list.after) {
    if (!(yield* tasksOf(list.steps.slice(list.from)))) return
  }
}

/** True when it came to the end of the steps. */
function* tasksOf(steps: readonly Step[]): Generator<Task, boolean> {
  for (const step of steps) {
    if (step.kind === 'task') yield step
    else if (step.kind !== 'block' || step.loop) return false
    else if (!(yield* tasksOf([...step.block, ...step.always]))) return false
  }
  return true
}
