import { printable } from '#base/display-width.ts'
import type { Change } from '#model/change.ts'
import type { ItemEnd, Outcome, TaskEnd } from '#model/event.ts'
import { Unknown } from '#model/unknown.ts'
import { frame } from './diagnostics.ts'
import { paintedDiff } from './diff.ts'
import type { ReportOptions } from './report-options.ts'
import { isLost, lookOf, lookWord, paintLook } from './status-look.ts'
import type { Style } from './style.ts'
import { valueText, wholeText } from './value-text.ts'

export interface DetailOptions extends Pick<ReportOptions, 'verbosity' | 'diff' | 'sourceText'> {
  readonly style: Style
  readonly columns: number
  readonly mode: 'apply' | 'check'
}

/** Lines of output that a failure shows without `-vv`: the end is where programs say why. */
const tailLines = 20

/** Modules whose message is the point of the task. */
const speaking: ReadonlySet<string> = new Set(['debug', 'pause'])

/** What there is to say of one host's result below its name, by verbosity. Failures always say all they know. */
export function outcomeDetails(end: TaskEnd, items: readonly ItemEnd[], options: DetailOptions): string[] {
  const bad = lookOf(end) !== 'skipped' && (isLost(end) || end.ignored === true || end.rescued === true)
  return [
    ...(bad ? failureLines(end, options) : messageLines(end, options)),
    ...itemLines(items, options),
    // What changed is said item by item then.
    ...(items.length > 0 ? [] : changeLines(end, options)),
    ...(bad ? [] : outputLines(end, options)),
    ...dataLines(end, options),
  ]
}

function messageLines(end: TaskEnd, { style, verbosity, mode }: DetailOptions): string[] {
  const lines: string[] = []
  const speaks = end.status !== 'unknown' && (speaking.has(end.module) || verbosity > 0)
  if (end.msg !== undefined && speaks) lines.push(...textLines(end.msg))
  if (end.because !== undefined && saysWhy(end, verbosity, mode)) lines.push(style.dim(reason(end)))
  return [...lines, ...noteLines(end, style)]
}

const saysWhy = (end: Outcome, verbosity: number, mode: string): boolean =>
  verbosity > 0 || (mode === 'check' && end.status === 'unknown')

const reason = (end: TaskEnd): string =>
  end.status !== 'unknown'
    ? `because ${end.because}`
    : end.because === end.task
      ? 'only running it would tell'
      : `depends on "${end.because}"`

/** What must not be missed, whatever the verbosity. */
function noteLines(outcome: Outcome, style: Style): string[] {
  const lines = (outcome.warnings ?? []).map((warning) => style.yellow(`warning: ${printable(warning)}`))
  if (outcome.unsettled !== undefined && outcome.unsettled.length > 0) {
    const fields = outcome.unsettled.join(', ')
    lines.push(style.yellow(`unsettled: a second run would change ${fields} again`))
  }
  return lines
}

function failureLines(end: TaskEnd, options: DetailOptions): string[] {
  const { style } = options
  const lines = textLines(end.msg ?? 'The task failed.')
  if (end.range !== undefined)
    lines.push(...frame(end.range, style.red, options).map((line) => line.slice(2)))
  lines.push(...labelled(failureFields(end, options), style), ...noteLines(end, style))
  if (end.remedy !== undefined) lines.push(...textLines(end.remedy))
  return lines
}

function failureFields(end: TaskEnd, { verbosity }: DetailOptions): [string, string][] {
  const command = end.data?.['cmd'] ?? end.data?.['command']
  const fields: [string, string | undefined][] = [
    ['at', end.source],
    ['on', end.delegatedTo],
    ['command', commandText(command)],
    ['rc', end.rc === undefined ? undefined : String(end.rc)],
    ['attempts', end.attempts === undefined ? undefined : String(end.attempts)],
    ['stdout', tail(end.stdout, verbosity)],
    ['stderr', tail(end.stderr, verbosity)],
  ]
  return fields.flatMap(([label, text]) => (text === undefined || text === '' ? [] : [[label, text]]))
}

function commandText(command: unknown): string | undefined {
  if (typeof command === 'string') return command
  return Array.isArray(command) ? command.join(' ') : undefined
}

function tail(text: string | undefined, verbosity: number): string | undefined {
  if (text === undefined) return undefined
  const lines = printable(text).trimEnd().split('\n')
  if (verbosity > 1 || lines.length <= tailLines) return lines.join('\n')
  const left = lines.length - tailLines
  return [`… ${left} more lines, see -vv`, ...lines.slice(-tailLines)].join('\n')
}

const labelWidth = 9

/** Labels in one column, the lines of their texts in another. */
function labelled(fields: readonly (readonly [string, string])[], style: Style): string[] {
  return fields.flatMap(([label, text]) =>
    printable(text)
      .split('\n')
      .map((line, i) => `${style.dim((i === 0 ? label : '').padEnd(labelWidth))}${line}`),
  )
}

/** Items that failed or speak always; what changed wherever changes are shown; the rest with `-v`. */
function itemLines(items: readonly ItemEnd[], options: DetailOptions): string[] {
  return items.flatMap((item) => {
    const details = itemDetails(item, options)
    if (details.length === 0 && !isLost(item) && options.verbosity === 0) return []
    const look = lookOf(item)
    const head = `${paintLook(options.style, look)(lookWord(look))} item ${valueText(item.label)}`
    return [head, ...details.map((line) => `  ${line}`)]
  })
}

function itemDetails(item: ItemEnd, options: DetailOptions): string[] {
  if (!isLost(item)) {
    const speaks = item.msg !== undefined && speaking.has(item.module)
    return [
      ...(speaks ? textLines(item.msg) : []),
      ...noteLines(item, options.style),
      ...changeLines(item, options),
    ]
  }
  const fields: [string, string | undefined][] = [
    ['rc', item.rc === undefined ? undefined : String(item.rc)],
    ['stdout', tail(item.stdout, options.verbosity)],
    ['stderr', tail(item.stderr, options.verbosity)],
  ]
  const said = fields.flatMap(([label, text]): [string, string][] => (text ? [[label, text]] : []))
  return [...textLines(item.msg ?? ''), ...labelled(said, options.style)]
}

function changeLines(outcome: Outcome, options: DetailOptions): string[] {
  const { style, verbosity, mode } = options
  const withDiff = options.diff ? outcome.diffs : []
  const diffed = new Set(withDiff.map(({ path }) => path))
  const shown = verbosity > 0 || mode === 'check' || options.diff ? outcome.changes.filter(isKnown) : []
  const lines = shown
    .filter(({ diff }) => diff === undefined || !diffed.has(diff.path))
    .map(
      ({ field, before, after }) =>
        `${field}: ${style.red(valueText(before))} → ${style.green(valueText(after))}`,
    )
  return [...lines, ...withDiff.flatMap((diff) => paintedDiff(diff, style).split('\n'))]
}

/** A command that may have to run is told of in words. */
const isKnown = ({ before, after }: Change): boolean =>
  !(before instanceof Unknown) && !(after instanceof Unknown)

function outputLines(end: TaskEnd, { style, verbosity }: DetailOptions): string[] {
  if (verbosity < 2) return []
  const fields: [string, string][] = []
  if (end.rc !== undefined) fields.push(['rc', String(end.rc)])
  if (end.stdout) fields.push(['stdout', end.stdout.trimEnd()])
  if (end.stderr) fields.push(['stderr', end.stderr.trimEnd()])
  return labelled(fields, style)
}

function dataLines(end: TaskEnd, { style, verbosity }: DetailOptions): string[] {
  if (verbosity === 0 || end.data === undefined) return []
  const { stdout: _stdout, stderr: _stderr, rc: _rc, cmd: _cmd, ...data } = end.data
  // Of modules that speak, `msg` stands above.
  const entries = Object.entries(data).filter(([key]) => key !== 'msg' || end.msg === undefined)
  if (entries.length === 0) return []
  const long = verbosity > 2
  return labelled(
    entries.map(([key, value]) => [`${key} `, long ? wholeText(value) : valueText(value)]),
    style,
  )
}

const textLines = (text: string): string[] => printable(text).trimEnd().split('\n')
