import { counted } from '#base/counted.ts'
import type { Spent, TaskCost } from '#model/cost.ts'
import type { Style } from './style.ts'
import { type Cell, tableText } from './table.ts'

/** What a run would cost, task by task: of the host that costs the most, and of each host in all. */
export function costTable(costs: readonly TaskCost[], style: Style): string {
  const byTask = [...Map.groupBy(costs, ({ task, source }) => `${source}\0${task}`).values()]
  const tasks = [heading('TASK', style), ...byTask.map(taskRow)]
  const hosts = [...Map.groupBy(costs, ({ host }) => host)]
  const perHost = [
    heading('HOST', style).filter((_, i) => i !== 1),
    ...hosts.map(([host, some]) => [{ text: host }, ...figures(costOf(some))]),
  ]
  return `${tableText(tasks)}\n${tableText(perHost)}\nNothing was changed. Flights are round trips beyond connecting; bytes are those sent.\n`
}

/** All that one host is expected to cost. */
export function costOf(costs: readonly Spent[]): Spent {
  const sum = (field: keyof Spent) => costs.reduce((all, one) => all + one[field], 0)
  return { flights: sum('flights'), bytes: sum('bytes'), processes: sum('processes') }
}

const heading = (first: string, style: Style): Cell[] =>
  [first, 'changes', 'flights', 'bytes', 'processes'].map((text) => ({ text, paint: style.bold }))

function taskRow(some: readonly TaskCost[]): Cell[] {
  const [first] = some
  const most = (field: keyof Spent) => Math.max(...some.map((cost) => cost[field]))
  const along = some.every(({ travelsAlong }) => travelsAlong)
  return [
    { text: first?.task ?? '' },
    { text: changesText(some) },
    ...figures({ flights: most('flights'), bytes: most('bytes'), processes: most('processes') }),
    ...(along ? [{ text: 'travels with the one before' }] : []),
  ]
}

function changesText(some: readonly TaskCost[]): string {
  const changing = some.filter(({ changes }) => changes === 'some').length
  const unknown = some.filter(({ changes }) => changes === 'unknown').length
  const parts = [
    ...(changing > 0 ? [counted(changing, 'host')] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ]
  return parts.join(', ') || '-'
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

const figures = ({ flights, bytes, processes }: Spent): Cell[] => [
  { text: flights === 0 ? '-' : String(flights) },
  { text: bytes === 0 ? '-' : kilobytes(bytes) },
  { text: processes === 0 ? '-' : String(processes) },
]
