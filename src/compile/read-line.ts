import type { MapEntry, ScalarNode } from '#model/node.ts'
import type { ArgumentTable } from './argument-table.ts'
import type { Context } from './context.ts'
import { type Pair, splitLine, without } from './free-form.ts'
import { partOfText, type Stretch } from './part-of-text.ts'

/**
 * Reads arguments written in one line. `src=a dest=b` are arguments; for a module with free-form text, such as
 * `command`, all is that text except `creates=…` and other arguments of the module.
 */
export function readLine(
  { node, from }: { node: ScalarNode; from: number },
  table: ArgumentTable,
  context: Context,
): readonly MapEntry[] {
  const text = String(node.value)
  const pieces = splitLine(text.slice(from)).map((piece) => shift(piece, from))
  const freeForm = isAllPairs(pieces, table) ? undefined : table.definition.freeForm
  const isArgument = (piece: (typeof pieces)[number]): piece is Pair =>
    piece.kind === 'pair' && (freeForm === undefined || isNamed(piece.name, freeForm, table))
  const pairs = pieces.filter(isArgument)
  const rest = pieces.filter((piece) => !isArgument(piece))
  const entries = pairs.map((pair) => entryOf(pair, node, table))
  const [stray] = rest
  if (!stray) return entries
  if (freeForm === undefined) {
    const piece = partOfText(node, [stray.whole])
    const message = `"${piece.value}" is no argument of "${table.module}": arguments in one line are written name=value.`
    context.report.add({ code: 'bad-argument', message, range: piece.range })
    return entries
  }
  const left = pairs.length === 0 ? [{ start: from, end: text.length }] : cutOut(text, from, pairs)
  const value = partOfText(node, left)
  const whole = pairs.length === 0 && from === 0 ? node : value
  return [...entries, { key: freeForm, keyRange: whole.range, value: whole }]
}

/** `debug: msg="a b"` is no text but arguments. Words of a command may look like pairs: there only its options are. */
function isAllPairs(pieces: ReturnType<typeof splitLine>, table: ArgumentTable): boolean {
  const known = table.names()
  return (
    table.definition.freeForm !== 'cmd' &&
    pieces.every((piece) => piece.kind === 'pair' && known.includes(piece.name))
  )
}

const isNamed = (name: string, freeForm: string, table: ArgumentTable): boolean =>
  table.canonical(name) !== freeForm && table.names().includes(name)

function cutOut(text: string, from: number, pairs: readonly Pair[]): readonly Stretch[] {
  const cut = pairs.map(({ whole }) => ({ start: whole.start - from, end: whole.end - from }))
  return without(text.slice(from), cut).map(({ start, end }) => ({ start: start + from, end: end + from }))
}

function entryOf(pair: Pair, node: ScalarNode, table: ArgumentTable): MapEntry {
  const value = partOfText(node, [pair.value])
  const name = { start: pair.whole.start, end: pair.whole.start + pair.name.length }
  const type = table.properties.get(table.canonical(pair.name))?.['type']
  const isNumber = (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(String(value.value))
  return {
    key: pair.name,
    keyRange: partOfText(node, [name]).range,
    value: isNumber ? { ...value, value: Number(value.value) } : value,
  }
}

function shift<P extends ReturnType<typeof splitLine>[number]>(piece: P, by: number): P {
  const move = ({ start, end }: Stretch): Stretch => ({ start: start + by, end: end + by })
  return { ...piece, whole: move(piece.whole), ...(piece.kind === 'pair' && { value: move(piece.value) }) }
}
