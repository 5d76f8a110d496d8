import type { Node } from '#model/node.ts'

/** The plain value of a YAML tree. */
export function plainNode(node: Node | undefined): unknown {
  if (node === undefined) return undefined
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainNode)
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plainNode(entry.value)]))
}
