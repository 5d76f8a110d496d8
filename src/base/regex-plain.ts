import type { RegexEngine, RegexMatch } from './regex-match.ts'

interface PlainOptions {
  readonly ignoreCase?: boolean
  readonly multiline?: boolean
}

/** A character that stands for itself, an escaped one, or white space; and how often. */
const piece = /([\w =#:;,/<>@%&'"!~`-]|\\[-./[\](){}*+?^$|\\]|\\s)([?*+]?)/gy
/** Each may double the ways to try. */
const mostOptional = 3
/** RE2's, which is ASCII. */
const whiteSpace = '[\\t\\n\\f\\r ]'

/**
 * An engine for patterns that are hardly more than text (`^PermitRootLogin\s`), which need no RE2: loading that takes 10 ms.
 * Undefined for all others. JavaScript's engine finds the same for these, and in linear time: what repeats without a bound
 * may do so only once, in a pattern that can begin only where the text does, and little may be left out.
 */
export function plainEngine(pattern: string, options: PlainOptions): RegexEngine | undefined {
  if (options.ignoreCase || options.multiline) return undefined
  const source = plainSource(pattern)
  if (source === undefined) return undefined
  const compiled = new RegExp(source, 'g')
  return (text, from) => search(compiled, text, from)
}

function plainSource(pattern: string): string | undefined {
  const anchor = pattern.startsWith('^') ? '^' : ''
  const rest = pattern.slice(anchor.length)
  const pieces = [...rest.matchAll(piece)]
  if (pieces.map(([whole]) => whole).join('') !== rest) return undefined
  const optional = pieces.filter(([, , often]) => often === '?').length
  const unbounded = pieces.filter(([, , often]) => often === '*' || often === '+').length
  if (optional > mostOptional || unbounded > anchor.length) return undefined
  return anchor + pieces.map(([, atom, often]) => `${atom === '\\s' ? whiteSpace : atom}${often}`).join('')
}

function search(compiled: RegExp, text: string, from: number): RegexMatch | undefined {
  if (from > text.length) return undefined
  compiled.lastIndex = from
  const found = compiled.exec(text)
  return found ? { index: found.index, text: found[0], groups: [], named: {} } : undefined
}
