import type { DiagnosticEvent, ItemEnd, RunEvent, TaskEnd } from '#model/event.ts'
import type { TestProblem } from '#model/test-result.ts'
import { foldHosts } from '#report/fold-hosts.ts'
import { type DetailOptions, outcomeDetails } from '#report/outcome-text.ts'
import { createStyle } from '#report/style.ts'
import { taskTitle } from '#report/task-title.ts'
import { type Agreement, agreement, type Disagreement } from '#scenario/agreement.ts'
import { changedTasks, failedTasks, unsettledTasks } from '#scenario/run-problems.ts'
import { isDone, type RecordedRun } from './run-recorded.ts'

/** What is read later, in a report or a file, has no colours. */
const details: DetailOptions = {
  verbosity: 1,
  diff: true,
  sourceText: () => undefined,
  style: createStyle(false),
  columns: 100,
  mode: 'apply',
}

/** Why a run did not come to its end; nothing when it did. */
export function runProblems(run: RecordedRun): TestProblem[] {
  const failed = failedTasks(run.events).map((task) => problem(task, task.status, run.events))
  const wrong = run.events
    .filter((event): event is DiagnosticEvent => event.type === 'diagnostic')
    .map(({ diagnostic }) => ({
      title: diagnostic.message,
      details: diagnostic.remedy ? [diagnostic.remedy] : [],
    }))
  if (failed.length + wrong.length > 0 || isDone(run)) return [...failed, ...wrong]
  return [
    {
      title: run.reason === 'noHosts' ? 'No play had a host.' : `The run ended: ${run.reason}.`,
      details: [],
    },
  ]
}

/** Tasks that changed something again right after their own change. */
export const settleProblems = (run: RecordedRun): TestProblem[] =>
  unsettledTasks(run.events).map((task) =>
    problem(task, `is unsettled: it would change ${task.unsettled?.join(', ')} again`, run.events),
  )

/** Tasks that changed a host which the same run had converged before. */
export const secondChanges = (run: RecordedRun): TestProblem[] =>
  changedTasks(run.events).map((task) => problem(task, 'changed a converged host', run.events))

export function comparePlan(
  plan: RecordedRun,
  run: RecordedRun,
): { readonly problems: TestProblem[]; readonly remarks: string[]; readonly compared: number } {
  const found: Agreement = agreement(plan.events, run.events)
  return {
    problems: found.disagreements.map((one) => problem(one.task, disagreementText(one), run.events)),
    remarks: unknownText(found.unknown),
    compared: found.compared,
  }
}

/** A task is named once, with all the hosts on which it was unknown. */
function unknownText(unknown: readonly TaskEnd[]): string[] {
  const byTask = Map.groupBy(unknown, ({ taskId }) => taskId)
  return [...byTask.values()].map((tasks) => {
    const hosts = foldHosts([...new Set(tasks.map(({ host }) => host))])
    const [first] = tasks
    const because = first?.because === undefined ? '' : `, which depends on "${first.because}"`
    return `unknown to the plan: [${hosts}] ${first ? taskTitle(first) : ''}${because}`
  })
}

const disagreementText = ({ planned, ran }: Disagreement): string =>
  `was planned as "${words(planned)}" and then was "${words(ran)}"`

const words = (status: string | undefined): string => status?.replace('_', ' ') ?? 'not reached'

function problem(task: TaskEnd, what: string, events: readonly RunEvent[]): TestProblem {
  const items = events.filter(
    (event): event is ItemEnd =>
      event.type === 'item' &&
      event.host === task.host &&
      event.taskId === task.taskId &&
      (event.changed || event.status === 'failed'),
  )
  return {
    title: `[${task.host}] ${taskTitle(task)} ${what}`,
    details: [
      ...(task.status === 'failed' ? [] : [`at       ${task.source}`]),
      ...outcomeDetails(task, items, details),
    ],
  }
}
