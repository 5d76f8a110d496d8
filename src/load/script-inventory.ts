import { dirname } from 'node:path'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode, Node } from '#model/node.ts'
import { decryptTree } from './decrypt-tree.ts'
import type { Contribution, GroupDraft, HostDraft, InventoryBuilder } from './inventory-builder.ts'
import { jsonNode } from './json-node.ts'
import { runProgram } from './run-program.ts'
import { type SourceReader, startOf } from './source-reader.ts'
import { variableEntries } from './variable-entries.ts'

/** How long an executable inventory may take for one call. */
const defaultLimitMs = 30_000
/** How many `--host` calls run at once, for programs that give no `_meta`. */
const callsAtOnce = 8

/**
 * Reads an executable inventory source: `--list` prints groups as JSON, `_meta.hostvars` the hosts' variables; a
 * program without `_meta` is called with `--host NAME` for each host (docs.ansible.com, "Developing inventory
 * scripts").
 */
export async function readScriptInventory(
  builder: InventoryBuilder,
  reader: SourceReader,
  options: { absolutePath: string; limitMs?: number },
): Promise<void> {
  const inventory = new ScriptInventory(builder, reader, options)
  await inventory.read()
}

class ScriptInventory {
  readonly #builder: InventoryBuilder
  readonly #reader: SourceReader
  readonly #path: string
  readonly #origin: string
  readonly #limitMs: number
  readonly #seen = new Map<string, HostDraft>()

  constructor(
    builder: InventoryBuilder,
    reader: SourceReader,
    options: { absolutePath: string; limitMs?: number },
  ) {
    this.#builder = builder
    this.#reader = reader
    this.#path = options.absolutePath
    this.#origin = reader.display(options.absolutePath)
    this.#limitMs = options.limitMs ?? defaultLimitMs
  }

  async read(): Promise<void> {
    const list = await this.#call(['--list'])
    if (!list) return
    for (const { key, value } of list.entries) {
      if (key !== '_meta') this.#group(key, value)
    }
    const meta = list.entries.find((entry) => entry.key === '_meta')?.value
    const hostvars =
      meta?.kind === 'map' ? meta.entries.find((entry) => entry.key === 'hostvars')?.value : undefined
    if (meta) this.#hostvars(hostvars)
    else await this.#askEach([...this.#seen.values()])
  }

  #group(name: string, data: Node): void {
    const group = this.#builder.group(name, startOf(this.#origin))
    if (data.kind === 'map') this.#mapping(group, data)
    else if (data.kind === 'list') this.#hosts(group, data)
    else
      this.#report(
        `Its group "${name}" is neither a list nor a mapping.`,
        'Print {"hosts": […], "vars": {…}}.',
      )
  }

  #mapping(group: GroupDraft, data: MapNode): void {
    const part = (key: string) => data.entries.find((entry) => entry.key === key)?.value
    const [hosts, vars, children] = [part('hosts'), part('vars'), part('children')]
    // An old form: a mapping with none of the three holds the variables of one host of that name.
    if (!hosts && !vars && !children) this.#lone(group, data)
    this.#hosts(group, hosts)
    if (vars?.kind === 'map') {
      group.contributions.push(this.#contribution(vars))
    }
    for (const child of names(children)) {
      const range = startOf(this.#origin)
      this.#builder.child(group, this.#builder.group(child, range), range)
    }
  }

  #lone(group: GroupDraft, data: MapNode): void {
    const host = this.#builder.host(group.name, group, startOf(this.#origin))
    if (!host) return
    this.#seen.set(group.name, host)
    host.contributions.push(this.#contribution(data))
  }

  #hosts(group: GroupDraft, list: Node | undefined): void {
    for (const name of names(list)) {
      const host = this.#builder.host(name, group, startOf(this.#origin))
      if (host) this.#seen.set(name, host)
    }
  }

  #hostvars(hostvars: Node | undefined): void {
    if (hostvars?.kind !== 'map') return
    for (const { key, value } of hostvars.entries) {
      const host = this.#seen.get(key)
      if (host && value.kind === 'map') {
        host.contributions.push(this.#contribution(value))
      }
    }
  }

  async #askEach(hosts: readonly HostDraft[]): Promise<void> {
    const waiting = [...hosts]
    const worker = async () => {
      for (let host = waiting.shift(); host; host = waiting.shift()) {
        const vars = await this.#call(['--host', host.name])
        // One failure is enough to tell; the other calls would fail alike.
        if (!vars) waiting.length = 0
        else host.contributions.push(this.#contribution(vars))
      }
    }
    await Promise.all(Array.from({ length: Math.min(callsAtOnce, hosts.length) }, worker))
  }

  async #call(args: readonly string[]): Promise<MapNode | undefined> {
    const command = `${this.#origin} ${args.join(' ')}`
    const { failure, stdout, stderr } = await runProgram(this.#path, args, {
      cwd: dirname(this.#path),
      limitMs: this.#limitMs,
    })
    if (failure !== undefined) {
      const said = stderr.trim()
      this.#report(
        `"${command}" ${failure}.${said ? ` It said: ${said}` : ''}`,
        'Run it by hand to see what is wrong.',
      )
      return undefined
    }
    const root = parseJson(stdout.toString('utf8'), this.#origin)
    if (root?.kind === 'map') return this.#decrypted(root)
    this.#report(
      `"${command}" did not print a JSON mapping.`,
      'Run it by hand; anything but JSON belongs on stderr.',
    )
    return undefined
  }

  async #decrypted(root: MapNode): Promise<MapNode> {
    const opened = await decryptTree(root, this.#reader)
    return opened.kind === 'map' ? opened : root
  }

  #contribution(vars: MapNode): Contribution {
    return { origin: this.#origin, entries: variableEntries(vars), generated: true }
  }

  #report(message: string, remedy: string): void {
    const range = startOf(this.#origin)
    const diagnostic: Diagnostic = { code: 'inventory-script', severity: 'error', message, remedy, range }
    this.#builder.report(diagnostic)
  }
}

function names(list: Node | undefined): readonly string[] {
  const items = list?.kind === 'list' ? list.items : list ? [list] : []
  return items.flatMap((item) => (item.kind === 'scalar' && item.value !== null ? [String(item.value)] : []))
}

function parseJson(text: string, file: string): Node | undefined {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text)
    return jsonNode(value, startOf(file))
  } catch {
    return undefined
  }
}
