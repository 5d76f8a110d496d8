import { connectionSpellings, connectionVariable } from '#model/connection-variables.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Inventory } from '#model/inventory.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'

/** One place that sets a variable of a host. */
export interface VariableOrigin {
  /** The name there: a connection variable has several spellings. */
  readonly name: string
  readonly level: number
  readonly origin: string
  readonly range: SourceRange
  readonly value: Value
  /** Whether this place decides, before the playbook has its say. */
  readonly winner: boolean
}

/**
 * Every place of the inventory, and of the files beside it and the playbook, that sets a variable of a host:
 * strongest first. Empty when there is none, or no such host.
 */
export function explainVariable(inventory: Inventory, host: string, name: string): readonly VariableOrigin[] {
  const found = inventory.hosts.get(host)
  if (!found) return []
  const connection = connectionVariable(name)
  const spellings = connection ? connectionSpellings(connection) : [name]
  const strongestFirst = [...hostLayers(inventory, found)].reverse()
  return strongestFirst
    .flatMap(({ level, origin, vars }) =>
      spellings.flatMap((spelling) => {
        const value = vars.get(spelling)
        return value ? [{ name: spelling, level, origin, range: value.range, value }] : []
      }),
    )
    .map((place, i) => ({ ...place, winner: i === 0 }))
}
