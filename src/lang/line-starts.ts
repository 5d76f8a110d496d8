import type { Loc } from './handlebars-ast.ts'
import type { Span } from './span.ts'

/** Turns Handlebars' lines (from 1) and columns (from 0) into spans of the text. */
export function spansIn(text: string): (loc: Loc) => Span {
  const starts = [0]
  for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length)
  const at = ({ line, column }: Loc['start']) => (starts[line - 1] ?? 0) + column
  return (loc) => ({ start: at(loc.start), end: at(loc.end) })
}
