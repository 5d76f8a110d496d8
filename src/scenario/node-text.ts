import type { MapEntry, MapNode, Node, ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

export const entryOf = (map: MapNode, key: string): MapEntry | undefined =>
  map.entries.find((entry) => entry.key === key)

export const isNothing = (node: Node): boolean => node.kind === 'scalar' && node.value === null

/** The text of a scalar that is one; numbers and booleans are not. */
export const textOf = (node: Node): string | undefined =>
  node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined

/** A value that stands in no file; what is wrong with it is shown at `range`. */
export function scalar(value: ScalarNode['value'], range: SourceRange): ScalarNode {
  return { kind: 'scalar', value, raw: String(value), style: 'plain', range }
}

/** A mapping that stands in no file. Values that are undefined are left out. */
export function mapping(content: Readonly<Record<string, Node | undefined>>, range: SourceRange): MapNode {
  const entries = Object.entries(content).flatMap(([key, value]) =>
    value ? [{ key, keyRange: range, value }] : [],
  )
  return { kind: 'map', entries, range }
}
