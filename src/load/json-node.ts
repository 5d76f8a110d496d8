import type { MapEntry, Node, ScalarTag } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/**
 * A parsed JSON value as a tree, all of it at one place: what a program prints has no lines that a person wrote.
 * Ansible's marks for encrypted and unsafe text become tags.
 */
export function jsonNode(value: unknown, range: SourceRange): Node {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => jsonNode(item, range)), range }
  if (typeof value === 'object' && value !== null) return objectNode(value, range)
  return scalar(
    typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value),
    range,
  )
}

function objectNode(object: object, range: SourceRange): Node {
  const pairs = Object.entries(object)
  const [only] = pairs
  if (pairs.length === 1 && only) {
    const [key, value] = only
    if (key === '__ansible_vault') return scalar(String(value), range, 'vault')
    if (key === '__ansible_unsafe') return scalar(String(value), range, 'unsafe')
  }
  const entries = pairs.map(
    ([key, value]): MapEntry => ({ key, keyRange: range, value: jsonNode(value, range) }),
  )
  return { kind: 'map', entries, range }
}

function scalar(value: string | number | boolean | null, range: SourceRange, tag?: ScalarTag): Node {
  const node = { kind: 'scalar', value, raw: String(value), style: 'plain', range } as const
  return tag ? { ...node, tag } : node
}
