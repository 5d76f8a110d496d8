import type { ScalarNode } from '#model/node.ts'

/**
 * Where each character of a scalar's value stands in its text, counted from the start of `raw`.
 *
 * Value and text hold the same characters in the same order, apart from escapes, doubled quotes and white
 * space that folding changed. Characters that are not white space are exact; folded white space gets the place
 * where its line ends.
 */
export function scalarOffsets(value: string, raw: string, style: ScalarNode['style']): readonly number[] {
  const offsets: number[] = []
  let at = style === 'block' ? headerLength(raw) : 0
  for (let i = 0; i < value.length; ) {
    at = skip(raw, at, { style, blanks: !isBlank(value.charAt(i)) })
    const width = style === 'double' && raw[at] === '\\' ? escapedWidth(raw, at) : 1
    for (let unit = 0; unit < width; unit++) offsets.push(at)
    at += sourceLength(raw, at, style, value.charAt(i))
    i += width
  }
  return offsets
}

function headerLength(raw: string): number {
  const end = raw.search(/\r\n?|\n/)
  return end < 0 ? raw.length : end + (raw.startsWith('\r\n', end) ? 2 : 1)
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r'
}

function skip(raw: string, from: number, what: { style: ScalarNode['style']; blanks: boolean }): number {
  let at = from
  while (at < raw.length) {
    if (what.blanks && isBlank(raw.charAt(at))) at++
    else if (what.style === 'double' && /^\\[\r\n]/.test(raw.slice(at, at + 2))) at += 2
    else return at
  }
  return at
}

/** How many characters of text stand for one of the value; none when folded white space has none of its own. */
function sourceLength(raw: string, at: number, style: ScalarNode['style'], character: string): number {
  if (style === 'double' && raw[at] === '\\') return escapeLength(raw, at)
  if (style === 'single' && character === "'") return 2
  if (raw.startsWith('\r\n', at) && character === '\n') return 2
  return raw[at] === character || !isBlank(character) ? 1 : 0
}

const escapeDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

function escapeLength(raw: string, at: number): number {
  return 2 + (escapeDigits[raw.charAt(at + 1)] ?? 0)
}

/** `\U0001f600` is two UTF-16 units of the value, every other escape one. */
function escapedWidth(raw: string, at: number): number {
  if (raw[at + 1] !== 'U') return 1
  return Number.parseInt(raw.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1
}
