import { groupLayers } from '#model/host-layers.ts'
import type { Host, Inventory } from '#model/inventory.ts'
import type { Value, VarsLayer } from '#model/value.ts'

/** The strongest value that the inventory gives a host under one of several names, as it is written there. */
export class HostValues {
  readonly #inventory: Inventory
  /** What the groups of many hosts say is looked up once. */
  readonly #ofGroups = new Map<readonly VarsLayer[], Map<readonly string[], Value | undefined>>()

  constructor(inventory: Inventory) {
    this.#inventory = inventory
  }

  /** Give the same list each time: it is what the answers of groups are remembered by. */
  value(host: Host, names: readonly string[]): Value | undefined {
    return strongest(host.layers, names) ?? this.#ofGroup(groupLayers(this.#inventory, host), names)
  }

  #ofGroup(layers: readonly VarsLayer[], names: readonly string[]): Value | undefined {
    const known = this.#ofGroups.get(layers) ?? new Map<readonly string[], Value | undefined>()
    this.#ofGroups.set(layers, known)
    if (!known.has(names)) known.set(names, strongest(layers, names))
    return known.get(names)
  }
}

function strongest(layers: readonly VarsLayer[], names: readonly string[]): Value | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    for (const name of names) {
      const value = layers[i]?.vars.get(name)
      if (value) return value
    }
  }
  return undefined
}
