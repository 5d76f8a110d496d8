import { connectionSpellings, connectionVariable } from '#model/connection-variables.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Host, Inventory } from '#model/inventory.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value, VarsLayer } from '#model/value.ts'

/** One place that sets a variable of a host. */
export interface VariableOrigin {
  /** The name there: a connection variable has several spellings. */
  readonly name: string
  readonly level: number
  readonly origin: string
  /** The group it is set for, when it is not set for the host itself. */
  readonly group?: string
  readonly range: SourceRange
  readonly value: Value
  /** Whether this place decides, before the playbook has its say. */
  readonly winner: boolean
}

export interface VariablePlaces {
  readonly inventory: Inventory
  /** Level 22, if there is any. */
  readonly extraVars?: VarsLayer
}

/**
 * Every place of the inventory, of the files beside it and the playbook, and of `-e`, that sets a variable of a
 * host: strongest first. Empty when there is none, or no such host.
 */
export function explainVariable(
  places: VariablePlaces,
  host: string,
  name: string,
): readonly VariableOrigin[] {
  const found = places.inventory.hosts.get(host)
  if (!found) return []
  const connection = connectionVariable(name)
  const spellings = connection ? connectionSpellings(connection) : [name]
  return strongestFirst(places, found)
    .flatMap((layer) =>
      spellings.flatMap((spelling) => {
        const value = layer.vars.get(spelling)
        if (!value) return []
        const { level, origin } = layer
        const group = groupOf(places.inventory, layer)
        return [{ name: spelling, level, origin, range: value.range, value, ...(group && { group }) }]
      }),
    )
    .map((place, i) => ({ ...place, winner: i === 0 }))
}

function strongestFirst({ inventory, extraVars }: VariablePlaces, host: Host): readonly VarsLayer[] {
  return [...hostLayers(inventory, host), ...(extraVars ? [extraVars] : [])].reverse()
}

const groupOf = (inventory: Inventory, layer: VarsLayer): string | undefined =>
  [...inventory.groups.values()].find(({ layers }) => layers.includes(layer))?.name
