import type { RunEvent, TaskEnd } from '#model/event.ts'

/** Tasks that failed or lost their host and were neither ignored nor rescued. */
export const failedTasks = (events: readonly RunEvent[]): TaskEnd[] =>
  tasks(events).filter(
    ({ status, ignored, rescued }) =>
      (status === 'failed' || status === 'unreachable') && !ignored && !rescued,
  )

/** Tasks that changed something: on a converged host there are none. */
export const changedTasks = (events: readonly RunEvent[]): TaskEnd[] =>
  tasks(events).filter(({ changed }) => changed)

/** Tasks whose module, asked again right after its change, would change the same again. */
export const unsettledTasks = (events: readonly RunEvent[]): TaskEnd[] =>
  tasks(events).filter(({ unsettled = [] }) => unsettled.length > 0)

const tasks = (events: readonly RunEvent[]): TaskEnd[] => events.filter((event) => event.type === 'task')
