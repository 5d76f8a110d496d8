import type { MapNode } from '#model/node.ts'
import type { VariableEntry } from './inventory-builder.ts'

/** The variables that a mapping sets. */
export function variableEntries(map: MapNode): readonly VariableEntry[] {
  return map.entries.map(({ key, keyRange, value }) => ({ name: key, nameRange: keyRange, value }))
}
