import type { RunEvent, Status, TaskEnd } from '#model/event.ts'

/** A task of one host for which a plan and the run after it differ. */
export interface Disagreement {
  readonly host: string
  /** As the run had it; as the plan had it when the run did not come to it. */
  readonly task: TaskEnd
  /** Undefined when the plan, or the run, did not come to the task. */
  readonly planned: Status | undefined
  readonly ran: Status | undefined
}

/** What comparing a plan with the run that followed it gives. */
export interface Agreement {
  readonly disagreements: readonly Disagreement[]
  /** What the plan could not know: allowed, and listed. */
  readonly unknown: readonly TaskEnd[]
  readonly compared: number
}

/**
 * Compares, for each host and task, what a plan said with what the run on the same state did: a change was planned
 * exactly when one was made. What the plan called unknown is left out of the comparison, and so is a task that the
 * plan did not come to on a host where it had unknowns before: which tasks follow may depend on them.
 */
export function agreement(plan: readonly RunEvent[], run: readonly RunEvent[]): Agreement {
  const planned = taskEnds(plan)
  const ran = taskEnds(run)
  const unknown = [...planned.values()].filter(({ status }) => status === 'unknown')
  const uncertain = new Set(unknown.map(({ host }) => host))
  const disagreements: Disagreement[] = []
  for (const key of new Set([...planned.keys(), ...ran.keys()])) {
    const [before, after] = [planned.get(key), ran.get(key)]
    const task = after ?? before
    if (task && differs(before, after, uncertain.has(task.host))) {
      disagreements.push({ host: task.host, task, planned: before?.status, ran: after?.status })
    }
  }
  return { disagreements, unknown, compared: planned.size - unknown.length }
}

/** A task that a host comes to several times is told apart by the number of the visit. */
function taskEnds(events: readonly RunEvent[]): Map<string, TaskEnd> {
  const ends = new Map<string, TaskEnd>()
  const visits = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'task') continue
    const place = `${event.host} ${event.taskId}`
    const visit = (visits.get(place) ?? 0) + 1
    visits.set(place, visit)
    ends.set(`${place} ${visit}`, event)
  }
  return ends
}

function differs(before: TaskEnd | undefined, after: TaskEnd | undefined, uncertain: boolean): boolean {
  if (before?.status === 'unknown') return false
  if (before === undefined || after === undefined)
    return !uncertain && (wouldChange(before) || changed(after))
  return wouldChange(before) !== changed(after)
}

const wouldChange = (task: TaskEnd | undefined): boolean =>
  task?.status === 'would_change' || task?.status === 'changed'

const changed = (task: TaskEnd | undefined): boolean => task?.changed === true
