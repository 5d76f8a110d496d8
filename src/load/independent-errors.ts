import { LineIndex } from './line-index.ts'

/** An error of the YAML parser: `pos` holds its offsets, the end exclusive. */
export interface YamlError {
  readonly code: string
  readonly message: string
  readonly pos: readonly [number, number]
}

type Parse = (text: string) => readonly YamlError[]

/** More would not be read, and each costs a parse. */
const mostTries = 50

/**
 * The errors of a text without those that are mere consequences of earlier ones. The first counts. A later one
 * counts when the item it stands in (a list item or an entry, on lines of its own below the earlier error) is
 * wrong also when read alone; its error is then the one found there.
 */
export function independentErrors(text: string, parse: Parse): readonly YamlError[] {
  const [first, ...later] = inOrder(parse(text))
  if (!first) return []
  const lines = new Lines(text)
  const found = [first]
  for (const error of later.slice(0, mostTries)) {
    const before = found.at(-1) ?? first
    const own = lines.of(error) > lines.of(before) ? errorAlone(error, before, { lines, parse }) : undefined
    if (own && lines.of(own) > lines.of(before)) found.push(own)
  }
  return found
}

const inOrder = (errors: readonly YamlError[]): readonly YamlError[] =>
  [...errors].sort((a, b) => a.pos[0] - b.pos[0])

function errorAlone(
  error: YamlError,
  before: YamlError,
  { lines, parse }: { lines: Lines; parse: Parse },
): YamlError | undefined {
  const item = lines.itemAround(lines.of(error), lines.of(before))
  const [own] = item ? inOrder(parse(item.text)) : []
  if (!item || !own) return undefined
  // The item began inside brackets that an earlier line opened.
  if (/^[,\]}]/.test(item.text.slice(own.pos[0]))) return undefined
  return { ...own, pos: [own.pos[0] + item.start, own.pos[1] + item.start] }
}

/** A text by its lines, which count from 1. */
class Lines {
  readonly #index: LineIndex
  readonly #text: string
  readonly #lines: readonly { readonly start: number; readonly text: string }[]

  constructor(text: string) {
    this.#text = text
    this.#index = new LineIndex('', text)
    let start = 0
    this.#lines = text.split(/(?<=\r\n|\n|\r(?!\n))/).map((line) => {
      start += line.length
      return { start: start - line.length, text: line }
    })
  }

  of({ pos }: YamlError): number {
    return this.#index.position(Math.min(pos[0], this.#text.length)).line
  }

  /** The outermost item around a line that begins below the line `after`; undefined when none surely does. */
  itemAround(line: number, after: number): { readonly start: number; readonly text: string } | undefined {
    let first = line
    for (let each = line - 1; each > after; each -= 1) {
      if (this.#indent(each) < this.#indent(first)) first = each
    }
    const { start, text = '' } = this.#lines[first - 1] ?? {}
    if (start === undefined || !/^\s*(?:-(?:\s|$)|[^\s#].*:)/.test(text)) return undefined
    // What is indented more than the earlier error's line may belong to it.
    if (this.#indent(first) > this.#contentIndent(after)) return undefined
    return { start, text: this.#text.slice(start, this.#endOfItem(first, line)) }
  }

  #endOfItem(first: number, line: number): number {
    const isList = /^\s*-/.test(this.#lines[first - 1]?.text ?? '')
    for (let each = line + 1; each <= this.#lines.length; each += 1) {
      const { start, text } = this.#lines[each - 1] ?? { start: this.#text.length, text: '' }
      const isPart =
        this.#indent(each) > this.#indent(first) || (!isList && isItemAt(text, this.#indent(first)))
      if (!isPart) return start
    }
    return this.#text.length
  }

  /** Of blank lines and comments: more than of any other, since they end nothing. */
  #indent(line: number): number {
    const text = this.#lines[line - 1]?.text ?? ''
    return /^\s*(?:#|$)/.test(text) ? Number.POSITIVE_INFINITY : text.search(/[^ \t]/)
  }

  /** Where the first key of a line stands, behind the dashes. */
  #contentIndent(line: number): number {
    return /^[ \t]*(?:-[ \t]+)*/.exec(this.#lines[line - 1]?.text ?? '')?.[0].length ?? 0
  }
}

/** A list may stand at the same indentation as its key. */
const isItemAt = (text: string, indent: number): boolean =>
  text.search(/\S/) === indent && /^\s*-\s/.test(text)
