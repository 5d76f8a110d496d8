import { counted } from '#base/counted.ts'
import { displayWidth, padEnd, padStart, printable } from '#base/display-width.ts'
import type { HostRecap, Recap } from '#model/event.ts'
import { durationText } from './duration-text.ts'
import { foldHosts } from './fold-hosts.ts'
import type { Style } from './style.ts'

export interface RecapOptions {
  readonly style: Style
  readonly verbosity: number
  readonly mode: 'apply' | 'check'
  readonly columns: number
}

/** With more hosts than this, those with equal counters share a line. */
const manyHosts = 20
/** What the counters take when all of them are shown. */
const tableWidth = 72
/** Runs shorter than this have no slow tasks worth naming. */
const longRunMs = 10_000

type Counter = keyof HostRecap | 'unknown'
type Counts = HostRecap & { readonly unknown: number }

const counters: readonly Counter[] = [
  'ok',
  'changed',
  'unknown',
  'unreachable',
  'failed',
  'skipped',
  'rescued',
  'ignored',
]
const always: ReadonlySet<Counter> = new Set(['ok', 'changed', 'failed'])

/**
 * The end of a run: counters of each host, what failed and why, what is pending, how long it took. Empty for a run
 * that never came to a host: diagnostics and warnings have said why.
 */
export function recapText(recap: Recap, options: RecapOptions): string {
  const hosts = Object.keys(recap.hosts)
  if (hosts.length === 0 && recap.interrupted !== true) return recap.exitCode === 0 ? nothingToDo : ''
  const sections = [
    hosts.length > 0 ? tableText(recap, options) : '',
    failuresText(recap, options.style),
    pendingText(recap, options.style),
    slowestText(recap, options),
    lastLine(recap, options),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

const nothingToDo = 'There was nothing to do.'

interface Row {
  readonly name: string
  readonly counts: Counts
  readonly flights: string
}

function tableText(recap: Recap, { style, mode, columns }: RecapOptions): string {
  const rows = rowsOf(recap, Math.max(20, columns - tableWidth))
  const used = counters.filter(
    (counter) => always.has(counter) || rows.some(({ counts }) => counts[counter] > 0),
  )
  const title = (counter: Counter): string =>
    counter === 'changed' && mode === 'check' ? 'would change' : counter
  const nameWidth = Math.max(5, ...rows.map(({ name }) => displayWidth(name)))
  const head = used.map((counter) => padStart(title(counter), title(counter).length + 2)).join('')
  const lines = rows.map(({ name, counts, flights }) => {
    const cells = used.map((counter) => {
      const text = padStart(String(counts[counter]), title(counter).length + 2)
      return paintCount(style, counter, counts[counter])(text)
    })
    return `${paintName(style, counts)(padEnd(name, nameWidth))}${cells.join('')}${style.dim(padStart(flights, 9))}`
  })
  return [style.bold(`${padEnd('RECAP', nameWidth)}${head}${padStart('flights', 9)}`), ...lines].join('\n')
}

function rowsOf(recap: Recap, nameWidth: number): Row[] {
  const rows = Object.entries(recap.hosts).map(([name, counts]) => ({
    name,
    counts: shownCounts(counts, recap.unknown?.[name] ?? 0),
    flights: String(recap.flightsByHost[name] ?? 0),
  }))
  if (rows.length <= manyHosts) return rows
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = counters.map((counter) => row.counts[counter]).join(' ')
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].flatMap((group) => mergeRows(group, nameWidth))
}

/** An event counts what is unknown as ok; a person wants to know that it is not. */
const shownCounts = (counts: HostRecap, unknown: number): Counts => ({
  ...counts,
  ok: counts.ok - unknown,
  unknown,
})

function mergeRows(rows: readonly Row[], nameWidth: number): Row[] {
  const [first] = rows
  if (first === undefined) return []
  const flights = rows.map((row) => Number(row.flights))
  const [least, most] = [Math.min(...flights), Math.max(...flights)]
  const name = foldHosts(rows.map((row) => row.name))
  const shortName =
    displayWidth(name) <= nameWidth ? name : `${first.name}, … (${counted(rows.length, 'host')})`
  return [
    { name: shortName, counts: first.counts, flights: least === most ? String(most) : `${least}–${most}` },
  ]
}

function paintName(style: Style, counts: HostRecap): (text: string) => string {
  if (counts.failed > 0 || counts.unreachable > 0) return style.red
  return counts.changed > 0 ? style.yellow : style.green
}

function paintCount(style: Style, counter: Counter, count: number): (text: string) => string {
  if (count === 0) return style.dim
  if (counter === 'failed' || counter === 'unreachable') return style.red
  if (counter === 'ok') return style.green
  return counter === 'skipped' ? style.dim : style.yellow
}

function failuresText(recap: Recap, style: Style): string {
  if (recap.failures.length === 0) return ''
  const groups = new Map<string, string[]>()
  for (const { host, task, reason } of recap.failures) {
    const text = `${printable(task)}: ${printable(reason).split('\n')[0]}`
    groups.set(text, [...(groups.get(text) ?? []), host])
  }
  const lines = [...groups].map(([text, hosts]) => `  ${style.red(foldHosts(hosts))}  ${text}`)
  return [style.bold('Failed'), ...lines].join('\n')
}

function pendingText(recap: Recap, style: Style): string {
  const groups = new Map<string, string[]>()
  for (const [host, handlers] of Object.entries(recap.pendingHandlers)) {
    if (handlers.length === 0) continue
    const text = handlers.map((handler) => printable(handler)).join(', ')
    groups.set(text, [...(groups.get(text) ?? []), host])
  }
  if (groups.size === 0) return ''
  const lines = [...groups].map(([text, hosts]) => `  ${style.yellow(foldHosts(hosts))}  ${text}`)
  return [style.bold('Handlers that were notified and did not run; the next run offers them'), ...lines].join(
    '\n',
  )
}

function slowestText(recap: Recap, { style, verbosity }: RecapOptions): string {
  if (recap.durationMs < longRunMs && verbosity === 0) return ''
  const shown = recap.slowestTasks.filter(({ durationMs }) => durationMs >= 1000 || verbosity > 0).slice(0, 5)
  if (shown.length === 0) return ''
  const lines = shown.map(
    ({ task, durationMs }) => `  ${padStart(durationText(durationMs), 7)}  ${printable(task)}`,
  )
  return [style.bold('Slowest tasks'), ...lines].join('\n')
}

function lastLine(recap: Recap, { style, mode }: RecapOptions): string {
  const all = Object.values(recap.hosts)
  const sum = (counter: keyof HostRecap): number => all.reduce((total, counts) => total + counts[counter], 0)
  const changes = mode === 'check' ? `${sum('changed')} would change` : `${sum('changed')} changed`
  const unknown = Object.values(recap.unknown ?? {}).reduce((total, count) => total + count, 0)
  const parts = [counted(all.length, 'host'), changes, ...(unknown > 0 ? [`${unknown} unknown`] : [])]
  const lost = all.filter((counts) => counts.failed > 0).length
  const away = all.filter((counts) => counts.unreachable > 0 && counts.failed === 0).length
  if (lost > 0) parts.push(style.red(`${counted(lost, 'host')} failed`))
  if (away > 0) parts.push(style.red(`${counted(away, 'host')} unreachable`))
  parts.push(`${recap.flights === 1 ? '1 flight' : `${recap.flights} flights`} at most per host`)
  return `${head(recap, style)} in ${durationText(recap.durationMs)}: ${parts.join(', ')}.`
}

function head(recap: Recap, style: Style): string {
  if (recap.interrupted === true) return style.red(style.bold('Interrupted'))
  return recap.exitCode === 0 || recap.exitCode === 7
    ? style.green(style.bold('Done'))
    : style.red(style.bold('Failed'))
}
