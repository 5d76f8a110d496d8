import { counted } from '#base/counted.ts'
import { displayWidth, padEnd, padStart, printable } from '#base/display-width.ts'
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

/** Title, time and summary in columns; titles that are too long push the rest aside rather than lose their end. */
function inColumns(title: string, time: string, rest: { columns: number; summary: string }): string {
  const width = Math.max(24, Math.min(60, Math.floor(rest.columns * 0.45)))
  return `${padEnd(title, width)} ${padStart(time, 7)}  ${rest.summary}`
}

function fullTitle(task: OpenTask, style: Style): string {
  const title = taskTitle(task.start)
  return task.start.handler ? `${style.dim('handler')} ${title}` : title
}

/** One line about a task at work: how many hosts are done, what came of them, how long it has taken. */
export function liveTitle(task: OpenTask, style: Style, columns: number): string {
  const { hosts } = task.start
  const counts = countTexts(task.counts, style)
  const parts = hosts > 1 ? [`${task.results.length} of ${hosts}`, ...counts] : counts
  const time = style.dim(elapsedText(Date.now() - task.since))
  return inColumns(fullTitle(task, style), time, { columns, summary: parts.join(style.dim(' · ')) })
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
  const room = Math.max(
    0,
    Math.min(namedHosts, rows - failed.length - (long.length > namedHosts && rows > 2 ? 1 : 0)),
  )
  const shown = long.slice(0, room)
  const width = Math.max(0, ...shown.map(({ host }) => displayWidth(host)))
  const lines = shown.map(
    ({ host, ms, progress }) =>
      `${padEnd(host, width)}  ${style.dim(elapsedText(ms).padStart(4))}  ${progress === undefined ? '' : lastLine(progress)}`,
  )
  const more = long.length - shown.length
  if (more > 0 && lines.length > 0 && lines.length < rows)
    lines.push(style.dim(`… and ${counted(more, 'more host')}`))
  return [...lines.map((line) => line.trimEnd()), ...failed.map((result) => failureLine(result, style))]
}

const lastLine = (text: string): string => printable(text).trim().split('\n').at(-1) ?? ''

function failureLine({ end }: HostResult, style: Style): string {
  return `${style.red(`${end.host} ${end.status}`)} ${printable(end.msg ?? '').split('\n')[0]}`
}

/** The line that remains of a task. A few hosts that changed are named when there is room. */
export function finalTitle(task: OpenTask, style: Style, columns: number): string {
  const time = style.dim(durationText(Date.now() - task.since))
  const title = fullTitle(task, style)
  const unfinished = task.running.size > 0 ? [style.red(`${task.running.size} unfinished`)] : []
  const summary = [...countTexts(task.counts, style), ...unfinished].join(style.dim(' · '))
  const line = inColumns(title, time, { columns, summary })
  const names = changedNames(task)
  return names !== '' && displayWidth(line) + displayWidth(names) < columns ? line + style.dim(names) : line
}

/** How many hosts there are of each kind, failures last. */
function countTexts(counts: ReadonlyMap<Look, number>, style: Style): string[] {
  return lookOrder.flatMap((look) => {
    const count = counts.get(look)
    return count === undefined ? [] : [paintLook(style, look)(`${count} ${lookWord(look)}`)]
  })
}

function changedNames({ results }: OpenTask): string {
  const changed = results.filter(({ end }) => end.status === 'changed' || end.status === 'would_change')
  if (changed.length === 0 || changed.length === results.length) return ''
  return `  ${foldHostsBriefly(
    changed.map(({ end }) => end.host),
    3,
  )}`
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
