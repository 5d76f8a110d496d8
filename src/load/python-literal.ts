import type { MapEntry, Node, ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/** Text whose characters stand somewhere in a file: `at[i]` is the offset of the i-th, with one for the end. */
export interface LocatedText {
  readonly text: string
  readonly at: readonly number[]
  range(start: number, end: number): SourceRange
}

/**
 * Reads text as Ansible reads values of INI inventories: a Python literal when it is one (docs.python.org,
 * `ast.literal_eval`), else plain text. So `True`, `8080`, `0x1f`, `[1, 'a']`, `{'a': 1}` have a type and `yes`,
 * `010`, `web-01` are text.
 */
export function pythonLiteral(source: LocatedText): Node {
  try {
    const reader = new LiteralReader(source)
    return reader.whole()
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error
    return textNode(source, source.text, source.at.slice(0, -1))
  }
}

class NotLiteral extends Error {}

function textNode(source: LocatedText, value: string, offsets: readonly number[]): ScalarNode {
  const range = source.range(source.at[0] ?? 0, source.at.at(-1) ?? 0)
  return { kind: 'scalar', value, raw: value, style: 'plain', range, offsets }
}

const words: ReadonlyMap<string, ScalarNode['value']> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
])

const closers: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' }

/** A recursive descent over one literal. Throws NotLiteral at the first thing that is none. */
class LiteralReader {
  readonly #source: LocatedText
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(source: LocatedText) {
    this.#source = source
    this.#text = source.text
  }

  whole(): Node {
    this.#skip()
    const node = this.#value()
    this.#skip()
    if (this.#at < this.#text.length) throw new NotLiteral()
    return node
  }

  #value(): Node {
    const character = this.#text.charAt(this.#at)
    if (closers[character]) return this.#collection(character)
    if (/^(?:[rRuU]|)['"]/.test(this.#text.slice(this.#at, this.#at + 2))) return this.#strings()
    return this.#word()
  }

  #collection(open: string): Node {
    if (++this.#depth > 50) throw new NotLiteral()
    const start = this.#at++
    const close = closers[open] ?? ''
    const items: Node[] = []
    const entries: MapEntry[] = []
    let comma = false
    for (this.#skip(); this.#text.charAt(this.#at) !== close; this.#skip()) {
      if (items.length + entries.length > 0 && !comma) throw new NotLiteral()
      const item = this.#value()
      this.#skip()
      if (open === '{' && this.#take(':')) entries.push(this.#entry(item))
      else items.push(item)
      this.#skip()
      comma = this.#take(',')
    }
    this.#at++
    this.#depth--
    return this.#built({ open, start, items, entries, comma })
  }

  #built(found: { open: string; start: number; items: Node[]; entries: MapEntry[]; comma: boolean }): Node {
    const { open, items, entries, comma } = found
    const range = this.#range(found.start, this.#at)
    if (open === '{' && items.length > 0 && entries.length > 0) throw new NotLiteral()
    if (open === '{' && items.length === 0) return { kind: 'map', entries: lastOfEach(entries), range }
    const [only] = items
    if (open === '(' && items.length === 1 && only && !comma) return only
    return { kind: 'list', items, range }
  }

  #entry(key: Node): MapEntry {
    if (key.kind !== 'scalar') throw new NotLiteral()
    this.#skip()
    return { key: String(key.value), keyRange: key.range, value: this.#value() }
  }

  #word(): ScalarNode {
    const word = /^[-+]?[\w.]+(?:(?<=[eE])[-+]\d+)?/.exec(this.#text.slice(this.#at))?.[0] ?? ''
    const value = words.has(word) ? words.get(word) : pythonNumber(word)
    if (value === undefined) throw new NotLiteral()
    const start = this.#at
    this.#at += word.length
    return { kind: 'scalar', value, raw: word, style: 'plain', range: this.#range(start, this.#at) }
  }

  /** One or more quoted strings; strings beside each other are one. */
  #strings(): ScalarNode {
    const start = this.#at
    let value = ''
    const offsets: number[] = []
    let end = start
    while (/^(?:[rRuU]|)['"]/.test(this.#text.slice(this.#at, this.#at + 2))) {
      value += this.#string(offsets)
      end = this.#at
      this.#skip()
    }
    const raw = this.#text.slice(start, end)
    return { kind: 'scalar', value, raw, style: 'plain', range: this.#range(start, end), offsets }
  }

  #string(offsets: number[]): string {
    const isRaw = /[rR]/.test(this.#text.charAt(this.#at))
    if (/\w/.test(this.#text.charAt(this.#at))) this.#at++
    const quote = this.#text.charAt(this.#at++)
    let value = ''
    while (this.#text.charAt(this.#at) !== quote) {
      if (this.#at >= this.#text.length) throw new NotLiteral()
      const [characters, length] = isRaw ? this.#rawCharacter() : this.#character()
      for (let i = 0; i < characters.length; i++) offsets.push(this.#source.at[this.#at] ?? 0)
      value += characters
      this.#at += length
    }
    this.#at++
    return value
  }

  #rawCharacter(): readonly [string, number] {
    const length = this.#text.charAt(this.#at) === '\\' ? 2 : 1
    return [this.#text.slice(this.#at, this.#at + length), length]
  }

  #character(): readonly [string, number] {
    if (this.#text.charAt(this.#at) !== '\\') return [this.#text.charAt(this.#at), 1]
    const rest = this.#text.slice(this.#at, this.#at + 10)
    const coded = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/.exec(rest)
    if (coded)
      return [codePoint(Number.parseInt(coded[1] ?? coded[2] ?? coded[3] ?? '', 16)), coded[0].length]
    const octal = /^\\([0-7]{1,3})/.exec(rest)
    if (octal?.[1]) return [String.fromCharCode(Number.parseInt(octal[1], 8)), octal[0].length]
    if (/^\\[xuUN]/.test(rest)) throw new NotLiteral()
    // An escape that Python does not know stays as it is.
    return [escapes[rest.charAt(1)] ?? rest.slice(0, 2), 2]
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false
    this.#at++
    return true
  }

  /** White space, and what follows a `#`, which is a comment in Python too. */
  #skip(): void {
    this.#at += /^(?:\s|#.*)*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0
  }

  #range(start: number, end: number): SourceRange {
    return this.#source.range(this.#source.at[start] ?? 0, this.#source.at[end] ?? 0)
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new NotLiteral()
  return String.fromCodePoint(code)
}

/** The number a Python word stands for. Leading zeros are none, nor is what a double cannot hold exactly. */
function pythonNumber(word: string): number | undefined {
  const sign = word.startsWith('-') ? -1 : 1
  const digits = word.replace(/^[-+]/, '')
  if (
    /^(?:0(?:_?0)*|[1-9](?:_?\d)*|0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/.test(digits)
  ) {
    const value = sign * Number(digits.replaceAll('_', ''))
    return Number.isSafeInteger(value) ? value + 0 : undefined
  }
  const float = /^(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][-+]?\d(?:_?\d)*)?$/
  if (!float.test(digits) || /^\d+$/.test(digits.replaceAll('_', ''))) return undefined
  const value = sign * Number(digits.replaceAll('_', ''))
  return Number.isFinite(value) ? value : undefined
}

function lastOfEach(entries: readonly MapEntry[]): readonly MapEntry[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()]
}
