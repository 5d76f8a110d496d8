import { join } from 'node:path'
import type { Value, VarsLayer } from '#model/value.ts'
import { compileVars, setVariable } from './compile-vars.ts'
import type { Contribution, GroupDraft, HostDraft } from './inventory-builder.ts'
import type { SourceReader } from './source-reader.ts'
import { variableEntries } from './variable-entries.ts'
import { readVarsFile } from './vars-file.ts'
import { VarsFolder } from './vars-folder.ts'

/** Folders whose `group_vars` and `host_vars` count, in the order in which they apply. */
export interface VarsPlaces {
  readonly inventoryFolders: readonly string[]
  readonly playbookFolders: readonly string[]
}

interface Place {
  readonly of: 'inventory' | 'playbook'
  readonly rank: number
  readonly groups: VarsFolder
  readonly hosts: VarsFolder
}

/** Ansible's levels of precedence for files beside the inventory and beside the playbook. */
const levels = {
  all: { inventory: 4, playbook: 5 },
  group: { inventory: 6, playbook: 7 },
  host: { inventory: 9, playbook: 10 },
} as const

/** Gives groups and hosts their layers of variables. Reads each file of variables once. */
export class InventoryLayers {
  readonly #reader: SourceReader
  readonly #places: readonly Place[]
  /** Hosts of one range share what a source says of them. */
  readonly #compiled = new Map<Contribution, VarsLayer>()

  constructor(reader: SourceReader, places: VarsPlaces) {
    this.#reader = reader
    const playbook = [...new Set(places.playbookFolders)]
    // A folder that is both counts once, at the stronger place: the weaker one could never win.
    const inventory = [...new Set(places.inventoryFolders)].filter((folder) => !playbook.includes(folder))
    const open = (of: Place['of'], folder: string, rank: number): Place => ({
      of,
      rank,
      groups: new VarsFolder(reader, join(folder, 'group_vars')),
      hosts: new VarsFolder(reader, join(folder, 'host_vars')),
    })
    this.#places = [
      ...inventory.map((folder, rank) => open('inventory', folder, rank)),
      ...playbook.map((folder, rank) => open('playbook', folder, rank)),
    ]
  }

  /** Levels 3 to 7 of a group, weakest first. */
  async ofGroup(group: GroupDraft): Promise<readonly VarsLayer[]> {
    const own = this.#fromSources(3, group.contributions)
    const level = levels[group.name === 'all' ? 'all' : 'group']
    const files = this.#places.map((place) =>
      this.#fromFiles(place, place.groups, { name: group.name, level }),
    )
    return [...own, ...(await Promise.all(files)).flat()]
  }

  /** Levels 8 to 10 of a host, weakest first. Gives a promise only when there are files to read. */
  ofHost(
    host: Pick<HostDraft, 'name' | 'contributions'>,
  ): readonly VarsLayer[] | Promise<readonly VarsLayer[]> {
    const own = this.#fromSources(8, host.contributions)
    const places = this.#places.filter((place) => place.hosts.has(host.name))
    if (places.length === 0) return own
    const what = { name: host.name, level: levels.host }
    const files = places.map((place) => this.#fromFiles(place, place.hosts, what))
    return Promise.all(files).then((found) => [...own, ...found.flat()])
  }

  /** One layer for each source, in order; what one source says in several places is one layer. */
  #fromSources(level: number, contributions: readonly Contribution[]): readonly VarsLayer[] {
    const layers: VarsLayer[] = []
    for (const contribution of contributions) {
      const layer = this.#layerOf(level, contribution)
      const last = layers.at(-1)
      if (last?.origin === layer.origin) layers[layers.length - 1] = merged(last, layer)
      else layers.push(layer)
    }
    return layers
  }

  #layerOf(level: number, contribution: Contribution): VarsLayer {
    const known = this.#compiled.get(contribution)
    if (known) return known
    const { entries, origin, generated } = contribution
    const report = this.#reader.report.bind(this.#reader)
    const vars = compileVars(entries, report, generated ? 'lenient' : 'strict')
    const layer = { level, origin, vars }
    this.#compiled.set(contribution, layer)
    return layer
  }

  async #fromFiles(
    place: Place,
    folder: VarsFolder,
    what: { name: string; level: Readonly<Record<Place['of'], number>> },
  ): Promise<readonly VarsLayer[]> {
    if (!folder.has(what.name)) return []
    const paths = folder.files(what.name)
    const files = await Promise.all(paths.map((path) => readVarsFile(this.#reader, path)))
    return files.flatMap(({ path, root }) => {
      if (!root) return []
      const vars = compileVars(variableEntries(root), this.#reader.report.bind(this.#reader))
      return [{ level: what.level[place.of], origin: path, rank: place.rank, vars }]
    })
  }
}

function merged(weaker: VarsLayer, stronger: VarsLayer): VarsLayer {
  const vars = new Map<string, Value>(weaker.vars)
  for (const [name, value] of stronger.vars) setVariable(vars, name, value)
  return { ...stronger, vars }
}
