import { counted } from '#base/counted.ts'
import { displayWidth, padEnd, padStart, printable, truncate } from '#base/display-width.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { SourceRange } from '#model/source.ts'
import type { Style } from './style.ts'

/** Gives the text of a file that a range names; undefined when it is not known. */
export type SourceText = (file: string) => string | undefined

export interface FrameOptions {
  readonly sourceText: SourceText
  readonly style: Style
  readonly columns: number
}

const tab = '    '

/**
 * A mistake as a person reads it, without a newline at the end:
 *
 *     error[unknown-argument] playbooks/site.yml:14:7
 *       13 │     apt:
 *       14 │       nam: nginx
 *          │       ^^^
 *       apt has no argument "nam". Did you mean "name"?
 *       Run `tsplay doc apt` to see the arguments it takes.
 */
export function diagnosticText(diagnostic: Diagnostic, options: FrameOptions): string {
  const { style } = options
  const paint = diagnostic.severity === 'error' ? style.red : style.yellow
  const head = `${paint(style.bold(`${diagnostic.severity}[${diagnostic.code}]`))} ${placeText(diagnostic.range)}`
  const lines = [head.trimEnd()]
  if (diagnostic.range !== undefined) lines.push(...frame(diagnostic.range, paint, options))
  lines.push(...indented(diagnostic.message))
  if (diagnostic.remedy !== undefined) lines.push(...indented(diagnostic.remedy).map(style.dim))
  for (const { message, range } of diagnostic.related ?? []) {
    lines.push(`  ${style.dim(`${message} ${placeText(range)}`)}`, ...frame(range, style.dim, options))
  }
  return lines.join('\n')
}

/** All of them, a blank line between, and their number at the end. Empty without any. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], options: FrameOptions): string {
  if (diagnostics.length === 0) return ''
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = diagnostics.length - errors
  const counts = [errors > 0 && counted(errors, 'error'), warnings > 0 && counted(warnings, 'warning')]
  const texts = diagnostics.map((diagnostic) => diagnosticText(diagnostic, options))
  return `${texts.join('\n\n')}\n\n${counts.filter(Boolean).join(', ')}\n`
}

function placeText(range: SourceRange | undefined): string {
  return range === undefined ? '' : `${range.file}:${range.start.line}:${range.start.column}`
}

const indented = (text: string): string[] =>
  printable(text)
    .split('\n')
    .map((line) => `  ${line}`)

/** The line of a range with the line above it, the range underlined. Nothing when the text is not known. */
export function frame(range: SourceRange, paint: (text: string) => string, options: FrameOptions): string[] {
  const text = options.sourceText(range.file)
  const lines = text?.split(/\r\n|[\n\r]/)
  const line = lines?.[range.start.line - 1]
  if (lines === undefined || line === undefined) return []
  const gutter = String(range.start.line).length
  const room = Math.max(20, options.columns - gutter - 6)
  const above = lines[range.start.line - 2]
  const shown = window(line, range, room)
  const bar = (number: string): string => options.style.dim(`  ${padStart(number, gutter)} │`)
  return [
    ...(above === undefined || above.trim() === '' || shown.moved
      ? []
      : [`${bar(String(range.start.line - 1))} ${truncate(plain(above), room)}`]),
    `${bar(String(range.start.line))} ${shown.text}`,
    `${bar('')} ${padEnd('', shown.caret)}${paint('^'.repeat(shown.width))}`,
  ]
}

/** Tabs have no fixed width on a terminal, so they become spaces; other control characters vanish. */
const plain = (text: string): string => printable(text.replaceAll('\t', tab))

/** The part of a long line around a range: minified JSON must not flood the screen. */
function window(line: string, range: SourceRange, room: number) {
  const start = Math.min(range.start.column - 1, line.length)
  const end = range.end.line === range.start.line ? range.end.column - 1 : line.length
  const before = plain(line.slice(0, start))
  const marked = plain(line.slice(start, Math.max(end, start)))
  const moved = displayWidth(before) + Math.min(displayWidth(marked), room / 2) > room - 1
  const left = moved ? `…${[...before].slice(-Math.floor(room / 4)).join('')}` : before
  const caret = displayWidth(left)
  return {
    text: truncate(left + plain(line.slice(start)), room),
    caret,
    width: Math.max(1, Math.min(displayWidth(marked), room - caret)),
    moved,
  }
}
