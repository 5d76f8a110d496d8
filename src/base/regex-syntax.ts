/**
 * Patterns are written in Python's dialect, since that is what playbooks hold. RE2 knows most of it; what it
 * and JavaScript spell otherwise is rewritten here, token by token: escapes, classes, group openings.
 */
const token =
  /\\(?:[\s\S]|$)|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\(\?P=\w+\)|\(\?P<\w+>|\(\?<[=!]|\(\?[=!]|[\s\S]/g

/** Whether the pattern looks around or refers back, which no linear engine can do. */
export function needsBacktracking(pattern: string): boolean {
  for (const [piece] of pattern.matchAll(token)) {
    if (/^(?:\(\?<?[=!]|\(\?P=|\\[1-9]|\\k)/.test(piece)) return true
  }
  return false
}

/** RE2's spelling of a pattern in Python's. */
export function toRe2(pattern: string): string {
  return rewritten(pattern, (piece) => (piece === '\\Z' ? '\\z' : piece))
}

/** JavaScript's spelling of a pattern in Python's, with the flags it sets at its start. */
export function toJavaScript(pattern: string): { source: string; flags: string } {
  const inline = /^\(\?([imsx]+)\)/.exec(pattern)
  const body = inline ? pattern.slice(inline[0].length) : pattern
  return { source: rewritten(body, javaScriptPiece), flags: inline?.[1]?.replace('x', '') ?? '' }
}

function rewritten(pattern: string, rewrite: (piece: string) => string): string {
  return [...pattern.matchAll(token)].map(([piece]) => rewrite(piece)).join('')
}

const javaScript: Readonly<Record<string, string>> = {
  '\\A': '(?<![\\s\\S])',
  '\\Z': '(?![\\s\\S])',
  '\\z': '(?![\\s\\S])',
  '\\a': '\\x07',
}

function javaScriptPiece(piece: string): string {
  const known = javaScript[piece]
  if (known !== undefined) return known
  if (piece.startsWith('(?P<')) return `(?<${piece.slice(4)}`
  if (piece.startsWith('(?P=')) return `\\k<${piece.slice(4, -1)}>`
  return piece
}
