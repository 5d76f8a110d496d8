import type { MapEntry, MapNode, Node, ScalarNode } from '#model/node.ts'
import type { Context } from './context.ts'
import { splitLine } from './free-form.ts'
import { isNothing, shapeOf, valueAt } from './node-reading.ts'
import { partOfText } from './part-of-text.ts'
import { didYouMean } from './report.ts'
import type { TaskPlace } from './step-place.ts'

/**
 * The options of an import or include, by name: as a mapping, as `name=value` in one line, or below `args`. A bare
 * text belongs to the option `bare`. Options that do not exist are reported.
 */
export function readOptions(
  { map, call }: TaskPlace,
  allowed: { readonly names: readonly string[]; readonly bare?: string },
  context: Context,
): ReadonlyMap<string, Node> {
  const more = valueAt(map, 'args')
  const entries = [
    ...(more?.kind === 'map' ? more.entries : []),
    ...(call.args ? entriesOf(call.args, call.argsFrom, context, allowed.bare) : []),
  ]
  for (const entry of entries) {
    if (!allowed.names.includes(entry.key)) reportOption(entry, call.name, allowed.names, context)
  }
  return new Map(entries.map(({ key, value }) => [key, value]))
}

function reportOption(entry: MapEntry, name: string, allowed: readonly string[], context: Context): void {
  const message = `"${name}" has no option "${entry.key}".`
  const remedy = didYouMean(entry.key, allowed) ?? `It has ${allowed.join(', ')}.`
  context.report.add({ code: 'unknown-argument', message, remedy, range: entry.keyRange })
}

function entriesOf(args: Node, from: number, context: Context, bare?: string): readonly MapEntry[] {
  if (args.kind === 'map') return args.entries
  if (isNothing(args)) return []
  if (args.kind === 'scalar' && typeof args.value === 'string') return lineEntries(args, from, context, bare)
  const message = `An import or include needs text or a mapping, not ${shapeOf(args)}.`
  context.report.add({ code: 'wrong-shape', message, range: args.range })
  return []
}

function lineEntries(node: ScalarNode, from: number, context: Context, bare?: string): readonly MapEntry[] {
  const text = String(node.value)
  const pieces = splitLine(text.slice(from))
  const at = (start: number, end: number) => partOfText(node, [{ start: start + from, end: end + from }])
  if (pieces.every((piece) => piece.kind === 'pair')) {
    return pieces.map(({ name, value, whole }) => ({
      key: name,
      keyRange: at(whole.start, whole.start + name.length).range,
      value: at(value.start, value.end),
    }))
  }
  const value = from === 0 ? node : at(0, text.length - from)
  if (bare !== undefined) return [{ key: bare, keyRange: value.range, value }]
  const message = `A mapping is needed here, with the name under "name".`
  const remedy = `Write "name: ${text.slice(from).trim()}".`
  context.report.add({ code: 'wrong-shape', message, remedy, range: value.range })
  return []
}

/** A mapping without entries, at the place of another node. */
export const emptyMap = (at: Node): MapNode => ({ kind: 'map', entries: [], range: at.range })
