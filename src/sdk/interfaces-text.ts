/** One `iface` stanza of interfaces(5) with what names the interface elsewhere. */
export interface Interface {
  readonly name: string
  readonly family: string
  readonly method: string
  readonly auto: boolean
  /** In order; a value that is a list stands in several lines. */
  readonly options: Readonly<Record<string, string | readonly string[]>>
}

/** What begins a stanza: everything up to the next such line belongs to it. */
const stanzaStart = /^(auto|allow-\S+|iface|mapping|source|source-directory|no-auto-down|no-scripts|rename)\b/

interface Stanza {
  /** Empty for what stands before the first stanza, and for comments between them. */
  readonly keyword: string
  readonly words: readonly string[]
  readonly lines: readonly string[]
}

/**
 * The text with the interface as described: its stanza is replaced where it stands, else added at the end. Comments,
 * other stanzas and their order stay.
 */
export function setInterface(text: string, wanted: Interface): string {
  const present = stanzas(text)
  const at = present.findIndex((stanza) => isIface(stanza, wanted))
  const fresh = ifaceLines(wanted)
  const replaced =
    at === -1
      ? withLast(present, { keyword: 'iface', words: [wanted.name], lines: ['', ...fresh] })
      : present.map((stanza, i) => (i === at ? sameOrFresh(stanza, wanted, fresh) : stanza))
  return textOf(setAuto(replaced, wanted))
}

/** The text without the interface, in all its families. */
export function removeInterface(text: string, name: string): string {
  const kept = stanzas(text).filter(({ keyword, words }) => keyword !== 'iface' || words[0] !== name)
  const after = textOf(setAuto(kept, { name, auto: false }))
  return after === text ? text : after.replace(/\n\n+$/, '\n')
}

/** The interface as the text describes it. */
export function readInterface(text: string, name: string, family: string): Interface | undefined {
  const all = stanzas(text)
  const stanza = all.find((one) => isIface(one, { name, family }))
  if (!stanza) return undefined
  const options: Record<string, string | string[]> = {}
  for (const line of stanza.lines.slice(1)) {
    const [, key, value] = /^\s*([^\s#]\S*)\s*(.*?)\s*$/.exec(line) ?? []
    if (key === undefined || value === undefined) continue
    const before = options[key]
    options[key] = before === undefined ? value : [...[before].flat(), value]
  }
  const auto = all.some((one) => one.keyword === 'auto' && one.words.includes(name))
  return { name, family, method: stanza.words[2] ?? '', auto, options }
}

/** Lines that end in a backslash go on in the next one; comments before a stanza belong to what stands above. */
function stanzas(text: string): readonly Stanza[] {
  const all: { keyword: string; words: string[]; lines: string[] }[] = [{ keyword: '', words: [], lines: [] }]
  let continued = false
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (!continued && stanzaStart.test(line.trim())) {
      const [keyword = '', ...words] = line.trim().split(/\s+/)
      all.push({ keyword, words, lines: [line] })
    } else if (!continued && line.trim() === '') {
      all.push({ keyword: '', words: [], lines: [line] })
    } else {
      all.at(-1)?.lines.push(line)
    }
    continued = line.endsWith('\\')
  }
  return text === '' ? [] : all.filter(({ lines }) => lines.length > 0)
}

const isIface = ({ keyword, words }: Stanza, { name, family }: Pick<Interface, 'name' | 'family'>): boolean =>
  keyword === 'iface' && words[0] === name && words[1] === family

const ifaceLines = ({ name, family, method, options }: Interface): readonly string[] => [
  `iface ${name} ${family} ${method}`,
  ...Object.entries(options).flatMap(([key, value]) =>
    [value].flat().map((one) => `        ${key} ${one}`.trimEnd()),
  ),
]

/** A stanza that says the same, in other words or another order, stays as it is; comments in it do. */
function sameOrFresh(stanza: Stanza, wanted: Interface, fresh: readonly string[]): Stanza {
  const said = (lines: readonly string[]): string =>
    lines
      .map((line) => line.trim().replaceAll(/\s+/g, ' '))
      .filter((line) => line !== '' && !line.startsWith('#'))
      .toSorted()
      .join('\n')
  if (said(stanza.lines) === said(fresh)) return stanza
  return { ...stanza, words: [wanted.name, wanted.family, wanted.method], lines: fresh }
}

/** `auto` may name several interfaces in one line; a new line stands before the stanza. */
function setAuto(
  all: readonly Stanza[],
  { name, auto }: Pick<Interface, 'name' | 'auto'>,
): readonly Stanza[] {
  const isNamed = (stanza: Stanza): boolean => stanza.keyword === 'auto' && stanza.words.includes(name)
  if (all.some(isNamed)) {
    return auto ? all : all.flatMap((stanza) => (isNamed(stanza) ? withoutWord(stanza, name) : [stanza]))
  }
  if (!auto) return all
  return all.flatMap((stanza) => {
    if (stanza.keyword !== 'iface' || stanza.words[0] !== name) return [stanza]
    const blank = stanza.lines[0] === '' ? [''] : []
    const line = { keyword: 'auto', words: [name], lines: [...blank, `auto ${name}`] }
    return [line, { ...stanza, lines: stanza.lines.slice(blank.length) }]
  })
}

function withoutWord(stanza: Stanza, name: string): readonly Stanza[] {
  const words = stanza.words.filter((word) => word !== name)
  const [, ...rest] = stanza.lines
  if (words.length > 0) return [{ ...stanza, words, lines: [`auto ${words.join(' ')}`, ...rest] }]
  return rest.length > 0 ? [{ keyword: '', words: [], lines: rest }] : []
}

const withLast = (all: readonly Stanza[], stanza: Stanza): readonly Stanza[] =>
  all.length === 0 ? [{ ...stanza, lines: stanza.lines.slice(1) }] : [...all, stanza]

const textOf = (all: readonly Stanza[]): string => {
  const lines = all.flatMap(({ lines: some }) => some)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
