import type { Stretch } from './part-of-text.ts'

/** `name=value` inside a line of arguments; the value without its quotes. */
export interface Pair {
  readonly kind: 'pair'
  readonly name: string
  readonly value: Stretch
  readonly whole: Stretch
}

export interface Word {
  readonly kind: 'word'
  readonly whole: Stretch
}

/**
 * Cuts a line such as `src=a dest="b c" mode={{ m }}` at white space, but not inside quotes or braces.
 * An escaped `\=` makes no pair.
 */
export function splitLine(text: string): readonly (Pair | Word)[] {
  return words(text).map((whole) => asPair(text, whole) ?? { kind: 'word', whole })
}

function words(text: string): readonly Stretch[] {
  const found: Stretch[] = []
  let start: number | undefined
  let quote = ''
  let depth = 0
  for (let i = 0; i <= text.length; i += 1) {
    const char = text[i]
    if (char === undefined || (quote === '' && depth === 0 && /\s/.test(char))) {
      if (start !== undefined) found.push({ start, end: i })
      start = undefined
      continue
    }
    start ??= i
    quote = quoteAfter(char, quote, text[i - 1])
    depth = depthAfter(text.slice(i - 1, i + 1), depth)
  }
  return found
}

function quoteAfter(char: string, quote: string, before: string | undefined): string {
  if ((char !== '"' && char !== "'") || before === '\\') return quote
  if (quote === '') return char
  return quote === char ? '' : quote
}

function depthAfter(pair: string, depth: number): number {
  if (pair === '{{') return depth + 1
  return pair === '}}' ? Math.max(0, depth - 1) : depth
}

function asPair(text: string, whole: Stretch): Pair | undefined {
  const match = /^([A-Za-z_][\w-]*)=/.exec(text.slice(whole.start, whole.end))
  if (!match?.[1]) return undefined
  const start = whole.start + match[0].length
  const quoted = /^(["'])[\s\S]*\1$/.test(text.slice(start, whole.end)) && whole.end - start > 1
  const value = quoted ? { start: start + 1, end: whole.end - 1 } : { start, end: whole.end }
  return { kind: 'pair', name: match[1], value, whole }
}

/** What is left of a text when some stretches are cut out, with the white space before them. */
export function without(text: string, cut: readonly Stretch[]): readonly Stretch[] {
  const left: Stretch[] = []
  let from = 0
  for (const { start, end } of cut) {
    const spaces = /\s*$/.exec(text.slice(from, start))?.[0].length ?? 0
    if (start - spaces > from) left.push({ start: from, end: start - spaces })
    from = left.length === 0 ? end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0) : end
  }
  if (from < text.length) left.push({ start: from, end: text.length })
  return left
}
