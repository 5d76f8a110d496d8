import type { ListNode, MapEntry, MapNode, Node } from '#model/node.ts'

/** What a person would call the shape of a node. */
export function shapeOf(node: Node): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a mapping'
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return 'text'
  return typeof node.value === 'number' ? 'a number' : 'a boolean'
}

export function entryOf(map: MapNode, key: string): MapEntry | undefined {
  return map.entries.find((entry) => entry.key === key)
}

export function valueAt(map: MapNode, key: string): Node | undefined {
  return entryOf(map, key)?.value
}

/** The text of a node that is text written in the file; numbers count as the text they are written as. */
export function textOf(node: Node | undefined): string | undefined {
  if (node?.kind !== 'scalar' || node.value === null || node.tag === 'expr') return undefined
  return typeof node.value === 'string' ? node.value : node.raw
}

export const isNothing = (node: Node): boolean => node.kind === 'scalar' && node.value === null

/** Whether the text holds something that depends on variables. */
export function isTemplate(node: Node): boolean {
  if (node.kind !== 'scalar' || node.tag === 'unsafe' || typeof node.value !== 'string') return false
  return node.tag === 'expr' || /(^|[^\\])\{\{/.test(node.value)
}

/** A list as it is, anything else as a list of one, nothing as an empty list. */
export function itemsOf(node: Node): readonly Node[] {
  if (node.kind === 'list') return node.items
  return isNothing(node) ? [] : [node]
}

/** A node as plain data, its templates as the text they are written in. */
export function plainOf(node: Node): unknown {
  if (node.kind === 'list') return node.items.map(plainOf)
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainOf(value)]))
  return node.value
}

export const emptyList = (at: Node): ListNode => ({ kind: 'list', items: [], range: at.range })
