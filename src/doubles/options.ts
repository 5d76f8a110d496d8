/** `flag` takes no value; `value` takes one and the last one counts; `values` may be repeated. */
export type OptionKind = 'flag' | 'value' | 'values'

/** Keyed by all spellings of an option: `'-n --name'`. The first one without its dashes is what it is asked by. */
export type OptionTable = Readonly<Record<string, OptionKind>>

/** What is wrong with a command line. Each program has words of its own for it. */
export type Problem =
  | { readonly kind: 'no-command' }
  | { readonly kind: 'unknown-command'; readonly word: string }
  | { readonly kind: 'unknown-option'; readonly option: string }
  | { readonly kind: 'missing-value'; readonly option: string }

export class Options {
  readonly operands: readonly string[]
  readonly #given: ReadonlyMap<string, readonly string[]>

  constructor(given: ReadonlyMap<string, readonly string[]>, operands: readonly string[]) {
    this.#given = given
    this.operands = operands
  }

  has(name: string): boolean {
    return this.#given.has(name)
  }

  count(name: string): number {
    return this.texts(name).length
  }

  text(name: string): string | undefined {
    return this.#given.get(name)?.at(-1)
  }

  texts(name: string): readonly string[] {
    return this.#given.get(name) ?? []
  }
}

interface Spelling {
  readonly name: string
  readonly kind: OptionKind
}

/**
 * Reads a command line as getopt_long(3) does: short options in one word (`-Hp`, `-ocompression`), long ones with
 * `=` or a word of their own, operands anywhere, all operands after `--`.
 */
export function parseOptions(table: OptionTable, args: readonly string[]): Options | Problem {
  const spellings = spellingsOf(table)
  const given = new Map<string, string[]>()
  const operands: string[] = []
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') return new Options(given, [...operands, ...rest])
    const problem = isOption(word) ? readOption(word, { spellings, given, rest }) : void operands.push(word)
    if (problem) return problem
  }
  return new Options(given, operands)
}

/** A negative number is an operand, and so is a lone dash. */
const isOption = (word: string): boolean => word.startsWith('-') && word !== '-'

interface Reading {
  readonly spellings: ReadonlyMap<string, Spelling>
  readonly given: Map<string, string[]>
  readonly rest: string[]
}

function readOption(word: string, reading: Reading): Problem | undefined {
  if (word.startsWith('--') || reading.spellings.has(word)) return readLong(word, reading)
  const letters = [...word.slice(1)]
  for (const [index, letter] of letters.entries()) {
    const option = `-${letter}`
    const spelling = reading.spellings.get(option)
    if (!spelling) return { kind: 'unknown-option', option }
    if (spelling.kind === 'flag') take(reading, spelling, '')
    else
      return takeValue(reading, spelling, {
        option,
        attached: letters.slice(index + 1).join('') || undefined,
      })
  }
  return undefined
}

function readLong(word: string, reading: Reading): Problem | undefined {
  const [option = '', ...parts] = word.split('=')
  const attached = parts.length > 0 ? parts.join('=') : undefined
  const spelling = reading.spellings.get(option)
  if (!spelling) return { kind: 'unknown-option', option }
  if (spelling.kind !== 'flag') return takeValue(reading, spelling, { option, attached })
  take(reading, spelling, '')
  return undefined
}

function takeValue(
  reading: Reading,
  spelling: Spelling,
  { option, attached }: { readonly option: string; readonly attached: string | undefined },
): Problem | undefined {
  const value = attached ?? reading.rest.shift()
  if (value === undefined) return { kind: 'missing-value', option }
  take(reading, spelling, value)
  return undefined
}

function take({ given }: Reading, { name }: Spelling, value: string): void {
  given.set(name, [...(given.get(name) ?? []), value])
}

function spellingsOf(table: OptionTable): Map<string, Spelling> {
  const all = Object.entries(table).flatMap(([keys, kind]) => {
    const words = keys.split(' ')
    const name = (words[0] ?? '').replace(/^-+/, '')
    return words.map((word) => [word, { name, kind }] as const)
  })
  return new Map(all)
}
