import { hostLayers } from '#model/host-layers.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Play, Step } from '#model/program.ts'
import type { Value, VarsLayer } from '#model/value.ts'

/** The variables of a play by name: which definitions there are, and which of them a host may come to read. */
export class Definitions {
  readonly #inventory: Inventory
  readonly #extraVars: VarsLayer
  readonly #play: Pick<Play, 'layers'>
  readonly #hosts: readonly string[]
  readonly #names: ReadonlySet<string>
  readonly #ofInventory = new Map<string, OfHosts>()

  constructor(place: {
    inventory: Inventory
    extraVars: VarsLayer
    play: Pick<Play, 'layers'>
    /** Hosts of the play. */
    hosts: readonly string[]
    /** Names that some layer of the inventory has, whatever host it is for. */
    inventoryNames: ReadonlySet<string>
  }) {
    this.#inventory = place.inventory
    this.#extraVars = place.extraVars
    this.#play = place.play
    this.#hosts = place.hosts
    this.#names = place.inventoryNames
  }

  /** Whether some level of variables has the name, for this or any other host. */
  has(name: string, step: Step | undefined): boolean {
    return (
      this.#names.has(name) ||
      this.#stronger(step).some(({ vars }) => vars.has(name)) ||
      this.#default(name, step) !== undefined
    )
  }

  /** The definitions that at least one host of the play would read here, literal ones of hosts left out. */
  effective(name: string, step: Step | undefined): readonly Value[] {
    const stronger = byStrength(this.#stronger(step)).find(({ vars }) => vars.has(name))
    const value = stronger?.vars.get(name)
    if (value) return [value]
    const byDefault = this.#default(name, step)
    if (!this.#names.has(name)) return byDefault ? [byDefault] : []
    const { values, isMissing } = this.#ofHosts(name)
    return isMissing && byDefault ? [...values, byDefault] : [...values]
  }

  names(step: Step | undefined): Iterable<string> {
    const layers = [
      ...this.#stronger(step),
      ...this.#play.layers,
      ...(step?.role ? [step.role.defaults] : []),
    ]
    return new Set([...this.#names, ...layers.flatMap(({ vars }) => [...vars.keys()])])
  }

  /** Layers above those of the inventory; the same for every host. */
  #stronger(step: Step | undefined): readonly VarsLayer[] {
    const role = step?.role
    const layers = [...this.#play.layers, ...(role ? [role.vars, role.params] : []), ...(step?.layers ?? [])]
    return [...layers.filter(({ level }) => level > 10), this.#extraVars]
  }

  #default(name: string, step: Step | undefined): Value | undefined {
    const own = step?.role?.defaults.vars.get(name)
    return (
      own ?? this.#play.layers.findLast(({ level, vars }) => level === 2 && vars.has(name))?.vars.get(name)
    )
  }

  /** What the inventory gives the hosts of the play; hosts of the same groups are looked at once. */
  #ofHosts(name: string): OfHosts {
    const known = this.#ofInventory.get(name)
    if (known) return known
    const byGroups = new Map<string, Value | undefined>()
    const found = new Set<Value | undefined>()
    for (const host of this.#hosts) {
      const { groups, layers } = this.#inventory.hosts.get(host) ?? { groups: [], layers: [] }
      const own = layers.findLast(({ vars }) => vars.has(name))?.vars.get(name)
      const key = groups.join('\0')
      if (!own && !byGroups.has(key)) byGroups.set(key, this.#ofGroups(groups, name))
      found.add(own ?? byGroups.get(key))
    }
    // Of thousands of hosts most have literal values, and those name nothing.
    const values = [...found].filter((value) => value !== undefined).filter(({ literal }) => !literal)
    const result = { values, isMissing: found.has(undefined) }
    this.#ofInventory.set(name, result)
    return result
  }

  #ofGroups(groups: readonly string[], name: string): Value | undefined {
    const layers = hostLayers(this.#inventory, { groups, layers: [] })
    return layers.findLast(({ vars }) => vars.has(name))?.vars.get(name)
  }
}

interface OfHosts {
  readonly values: readonly Value[]
  /** Whether some host has no such variable. */
  readonly isMissing: boolean
}

const byStrength = (layers: readonly VarsLayer[]): readonly VarsLayer[] =>
  layers
    .map((layer, i) => ({ layer, i }))
    .sort((a, b) => b.layer.level - a.layer.level || b.i - a.i)
    .map(({ layer }) => layer)

/** Every name that an inventory gives to some host or group. */
export function inventoryNames(inventory: Inventory): ReadonlySet<string> {
  const layers = [...inventory.groups.values(), ...inventory.hosts.values()].flatMap((one) => one.layers)
  return new Set(layers.flatMap(({ vars }) => [...vars.keys()]))
}
