import { nearest } from '#base/did-you-mean.ts'
import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { GroupDraft, InventoryBuilder } from './inventory-builder.ts'
import { addHosts } from './inventory-hosts.ts'
import { variableEntries } from './variable-entries.ts'

/** Reads a YAML inventory: a mapping of groups, each with `hosts`, `vars` and `children`. */
export function readYamlInventory(builder: InventoryBuilder, origin: string, root: Node): void {
  const source = new YamlInventory(builder, origin)
  source.read(root)
}

const sections = ['hosts', 'vars', 'children'] as const

class YamlInventory {
  readonly #builder: InventoryBuilder
  readonly #origin: string

  constructor(builder: InventoryBuilder, origin: string) {
    this.#builder = builder
    this.#origin = origin
  }

  read(root: Node): void {
    const plugin = root.kind === 'map' ? root.entries.find((entry) => entry.key === 'plugin') : undefined
    if (root.kind !== 'map') {
      this.#wrong('An inventory is a mapping of groups.', root.range, 'Begin with "all:", then "  hosts:".')
    } else if (plugin) {
      this.#wrong(
        'This is the configuration of an Ansible inventory plugin, not an inventory.',
        plugin.keyRange,
        'Give an executable that prints the hosts as JSON, or the output of "ansible-inventory --list --yaml".',
      )
    } else {
      for (const entry of root.entries) this.#group(entry)
    }
  }

  #group({ key, keyRange, value }: MapEntry): GroupDraft {
    const group = this.#builder.group(key, keyRange)
    if (isNothing(value)) return group
    if (value.kind !== 'map') {
      this.#wrong(
        `The group "${key}" is not a mapping.`,
        value.range,
        'A group holds "hosts", "vars" and "children".',
      )
      return group
    }
    for (const entry of value.entries) this.#section(group, entry)
    return group
  }

  #section(group: GroupDraft, { key, keyRange, value }: MapEntry): void {
    if (!isSection(key)) {
      this.#unknownSection(group, key, keyRange)
      return
    }
    const content = this.#mapping(value, `"${key}" of the group "${group.name}"`)
    if (!content) return
    if (key === 'hosts') for (const entry of content.entries) this.#host(group, entry)
    if (key === 'children') for (const entry of content.entries) this.#child(group, entry)
    if (key === 'vars') group.contributions.push({ origin: this.#origin, entries: variableEntries(content) })
  }

  #host(group: GroupDraft, { key, keyRange, value }: MapEntry): void {
    const { range } = value
    if (value.kind !== 'map' && !isNothing(value)) {
      const message = `The host "${key}" has a value that is not a mapping of variables.`
      this.#wrong(message, range, 'Write the variables below the host, each as "name: value".')
    }
    const entries = value.kind === 'map' ? variableEntries(value) : []
    addHosts(this.#builder, group, { text: key, range: keyRange, origin: this.#origin, entries })
  }

  #child(parent: GroupDraft, entry: MapEntry): void {
    this.#builder.child(parent, this.#group(entry), entry.keyRange)
  }

  /** The content of a section; a single name stands for a mapping with that key, as in Ansible. */
  #mapping(value: Node, what: string): MapNode | undefined {
    if (value.kind === 'map') return value
    if (isNothing(value)) return undefined
    if (value.kind === 'scalar' && typeof value.value === 'string') {
      const empty: Node = { ...value, value: null, raw: '', style: 'plain' }
      return {
        kind: 'map',
        entries: [{ key: value.value, keyRange: value.range, value: empty }],
        range: value.range,
      }
    }
    this.#wrong(
      `${what} is not a mapping.`,
      value.range,
      'Write each name as a key: "web01:" instead of "- web01".',
    )
    return undefined
  }

  #unknownSection(group: GroupDraft, key: string, range: SourceRange): void {
    const near = nearest(key, sections)
    const remedy = near
      ? `Did you mean "${near}"?`
      : `Put hosts under "hosts", groups under "children" and variables under "vars".`
    this.#report(`The group "${group.name}" has no section "${key}".`, range, remedy)
  }

  #wrong(message: string, range: SourceRange, remedy: string): void {
    this.#builder.report({ code: 'wrong-shape', severity: 'error', message, range, remedy })
  }

  #report(message: string, range: SourceRange, remedy: string): void {
    this.#builder.report({ code: 'bad-inventory', severity: 'error', message, range, remedy })
  }
}

function isSection(key: string): key is (typeof sections)[number] {
  return sections.some((section) => section === key)
}

function isNothing(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null
}
