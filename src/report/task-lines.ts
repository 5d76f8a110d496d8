import { displayWidth, padEnd, printable } from '#base/display-width.ts'
import { counted } from './counted.ts'
import { durationText, elapsedText } from './duration-text.ts'
import { foldHosts, foldHostsBriefly } from './fold-hosts.ts'
import { type DetailOptions, outcomeDetails } from './outcome-text.ts'
import { groupResults, type ResultGroup } from './result-groups.ts'
import { isLost, type Look, lookOrder, lookWord, paintLook } from './status-look.ts'
import type { Style } from './style.ts'
import type { HostResult, OpenTask } from './task-board.ts'
import { taskTitle } from './task-title.ts'

/** Hosts that have been at a task for less than this are counted, not named: names that flash say nothing. */
const namedAfterMs = 1000
const namedHosts = 8
const namedFailures = 3

/** The title of a task and, in one column for all, how far it is. */
function inColumns(title: string, summary: string, columns: number): string {
  const width = Math.max(24, Math.min(56, Math.floor(columns * 0.55)))
  return `${padEnd(title, width)}  ${summary}`
}

function fullTitle(task: OpenTask, style: Style): string {
  const title = taskTitle(task.start)
  return task.start.handler ? `${style.dim('handler')} ${title}` : title
}

/** One line about a task at work: how many hosts are done, what came of them, how long it has taken. */
export function liveTitle(task: OpenTask, style: Style, columns: number): string {
  const { hosts } = task.start
  const parts = [
    hosts > 1 ? `${task.results.length} of ${hosts}` : '',
    ...countTexts(task.counts, style).filter((_, i) => hosts > 1 || i > 0),
    elapsedText(Date.now() - task.since),
  ]
  return inColumns(
    fullTitle(task, style),
    parts.filter((part) => part !== '').join(style.dim(' · ')),
    columns,
  )
}

/** Below it: who is still at it and who failed, in at most `rows` lines. */
export function liveLines(task: OpenTask, style: Style, rows: number): string[] {
  const failed = task.results
    .filter(({ end }) => isLost(end))
    .slice(-Math.min(namedFailures, Math.floor(rows / 2)))
  const now = Date.now()
  const long = [...task.running]
    .map(([host, at]) => ({ host, ms: now - at.since, progress: at.progress }))
    .filter(({ ms }) => ms >= namedAfterMs)
  const room = Math.max(0, Math.min(namedHosts, rows - failed.length - (long.length > namedHosts ? 1 : 0)))
  const shown = long.slice(0, room)
  const width = Math.max(0, ...shown.map(({ host }) => displayWidth(host)))
  const lines = shown.map(
    ({ host, ms, progress }) =>
      `${padEnd(host, width)}  ${style.dim(elapsedText(ms).padStart(4))}  ${progress === undefined ? '' : lastLine(progress)}`,
  )
  const more = long.length - shown.length
  if (more > 0 && lines.length < rows) lines.push(style.dim(`… and ${counted(more, 'more host')}`))
  return [...lines.map((line) => line.trimEnd()), ...failed.map((result) => failureLine(result, style))]
}

const lastLine = (text: string): string => printable(text).trim().split('\n').at(-1) ?? ''

function failureLine({ end }: HostResult, style: Style): string {
  return `${style.red(`${end.host} ${end.status}`)} ${printable(end.msg ?? '').split('\n')[0]}`
}

/** The line that remains of a task. */
export function finalTitle(task: OpenTask, style: Style, columns: number): string {
  const time = style.dim(durationText(Date.now() - task.since))
  const summary = countTexts(task.counts, style, task.results).join(style.dim(' · '))
  return inColumns(fullTitle(task, style), `${summary}  ${time}`, columns)
}

/** How many hosts there are of each kind, failures last; a few hosts that stand out are named. */
function countTexts(
  counts: ReadonlyMap<Look, number>,
  style: Style,
  results: readonly HostResult[] = [],
): string[] {
  return lookOrder.flatMap((look) => {
    const count = counts.get(look)
    if (count === undefined) return []
    const text = paintLook(style, look)(`${count} ${lookWord(look)}`)
    return [`${text}${namesOf(look, count, results, style)}`]
  })
}

function namesOf(look: Look, count: number, results: readonly HostResult[], style: Style): string {
  if (look === 'ok' || look === 'skipped' || count > 3 || results.length <= count) return ''
  const hosts = results.filter(({ end }) => !isLost(end) && end.status === look).map(({ end }) => end.host)
  return hosts.length === 0 ? '' : style.dim(` (${foldHostsBriefly(hosts, 3)})`)
}

/** What remains below it: failures in full, and whatever the verbosity asks for, equal results folded. */
export function finalLines(task: OpenTask, options: DetailOptions): string[] {
  const groups = groupResults(task.results, ({ end, items }) => outcomeDetails(end, items, options))
  return groups
    .filter(({ details }) => details.length > 0)
    .flatMap((group) => groupLines(group, task, options.style))
}

function groupLines({ look, hosts, details }: ResultGroup, task: OpenTask, style: Style): string[] {
  // With one host there is nothing to tell apart.
  if (task.results.length === 1 && !isLostLook(look)) return [...details]
  const size = hosts.length > 4 ? style.dim(` ${hosts.length} hosts`) : ''
  const head = `${paintLook(style, look)(`${foldHosts(hosts)} ${lookWord(look)}`)}${size}`
  return [head, ...details.map((line) => `  ${line}`)]
}

const isLostLook = (look: Look): boolean => look === 'failed' || look === 'unreachable'
