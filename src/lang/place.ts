import type { ScalarNode } from '#model/node.ts'
import type { Position, SourceRange } from '#model/source.ts'
import type { Span } from './span.ts'

/** Tells where a stretch of a compiled text stands in the user's file. Asked only when something is wrong. */
export interface Place {
  readonly whole: SourceRange
  range(span: Span): SourceRange
}

/** A YAML scalar: quotes, escapes, folding and indentation lie between its value and the file. */
export function scalarPlace(node: ScalarNode): Place {
  const quoted = node.style === 'single' || node.style === 'double'
  const start = forward(node.range.start, quoted ? 1 : 0)
  const offset = (index: number) => scalarOffset(node, start.offset, index)
  const at = (index: number) => walk(node.raw, start, offset(index))
  return {
    whole: node.range,
    range({ start, end }) {
      if (typeof node.value !== 'string') return node.range
      // The end is that of the last character, not the beginning of the next, which may be lines below.
      const last = Math.max(start, end - 1)
      const from = at(start)
      const to = end > start ? forward(at(last), width(node, offset(last), offset(last + 1))) : from
      return { file: node.range.file, start: from, end: to }
    },
  }
}

function scalarOffset(node: ScalarNode, start: number, index: number): number {
  const { offsets } = node
  if (!offsets) return start + index
  const known = offsets[index]
  if (known !== undefined) return known
  return (offsets.at(-1) ?? start - 1) + 1
}

/** How much of the file one character of the value takes: an escape is longer than what it stands for. */
function width(node: ScalarNode, offset: number, next: number): number {
  return node.style === 'double' || node.style === 'single' ? Math.max(1, Math.min(next - offset, 10)) : 1
}

/** A text whose characters stand in a file as they are, from a position on: a template file, an argument. */
export function textPlace(text: string, range: SourceRange): Place {
  const exact = range.end.offset - range.start.offset === text.length
  const at = (index: number) => walk(text, range.start, range.start.offset + index)
  return {
    whole: range,
    range: ({ start, end }) => (exact ? { file: range.file, start: at(start), end: at(end) } : range),
  }
}

/** A text with the offset in the file of each of its characters, all on the line where `range` starts. */
export function offsetPlace(offsets: readonly number[], range: SourceRange): Place {
  const at = (index: number) => {
    const offset = offsets[index] ?? (offsets.at(-1) ?? range.start.offset - 1) + 1
    return forward(range.start, offset - range.start.offset)
  }
  return {
    whole: range,
    range: ({ start, end }) => ({ file: range.file, start: at(start), end: at(end) }),
  }
}

/** A whole file, from its first character. */
export function filePlace(text: string, file: string): Place {
  const start = { line: 1, column: 1, offset: 0 }
  return textPlace(text, { file, start, end: walk(text, start, text.length) })
}

/** A part of a place: its own offset 0 is `by` in the outer text. */
export function innerPlace(place: Place, by: number): Place {
  return { whole: place.whole, range: ({ start, end }) => place.range({ start: start + by, end: end + by }) }
}

function forward({ line, column, offset }: Position, by: number): Position {
  return { line, column: column + by, offset: offset + by }
}

/** The position of a file offset, counted from the start of a text that stands there as it is. */
function walk(text: string, start: Position, offset: number): Position {
  let { line, column } = start
  const end = Math.min(text.length, Math.max(0, offset - start.offset))
  for (let i = 0; i < end; i++) {
    const isBreak = text[i] === '\n' || (text[i] === '\r' && text[i + 1] !== '\n')
    line += isBreak ? 1 : 0
    column = isBreak ? 1 : column + 1
  }
  return { line, column, offset }
}
