import { literalValue } from '#lang/compile-value.ts'
import type { Group, Host, Inventory } from '#model/inventory.ts'
import type { VarsLayer } from '#model/value.ts'
import { arrangeGroups } from './group-graph.ts'
import { takeGroupPriority } from './group-priority.ts'
import { type GroupDraft, type HostDraft, InventoryBuilder } from './inventory-builder.ts'
import { InventoryLayers } from './inventory-layers.ts'
import { readInventorySource } from './inventory-source.ts'
import { reportSharedAddresses } from './shared-address.ts'
import { type SourceReader, startOf } from './source-reader.ts'

/**
 * Reads the sources of an inventory in their order, later ones winning, with the variables beside them and
 * beside the playbooks. Diagnostics go to the reader.
 */
export async function readInventory(
  reader: SourceReader,
  request: { readonly inventories: readonly string[]; readonly playbookFolders: readonly string[] },
): Promise<Inventory> {
  const builder = new InventoryBuilder((diagnostic) => reader.report(diagnostic))
  const folders: (string | undefined)[] = []
  // One after the other: the order of mention is the order of hosts and of precedence.
  for (const source of request.inventories) folders.push(await readInventorySource(builder, reader, source))
  const inventoryFolders = folders.filter((folder) => folder !== undefined)
  const layers = new InventoryLayers(reader, {
    inventoryFolders,
    playbookFolders: request.playbookFolders,
  })
  settleUngrouped(builder)
  const [groups, hosts] = await Promise.all([readGroups(builder, layers), readHosts(builder, layers)])
  const [directory] = folders
  const inventory: Inventory = {
    hosts,
    groups,
    sources: request.inventories,
    ...(directory !== undefined && { directory }),
  }
  reportSharedNames(builder)
  reportSharedAddresses(inventory, (diagnostic) => reader.report(diagnostic))
  return inventory
}

/** A host is in `ungrouped` exactly when it is in no group but `all`. */
function settleUngrouped(builder: InventoryBuilder): void {
  const ungrouped = builder.group('ungrouped', undefined)
  for (const host of builder.hosts.values()) {
    host.groups.delete('all')
    const alone = host.groups.size === 0 || (host.groups.size === 1 && host.groups.has('ungrouped'))
    if (alone) {
      host.groups.add('ungrouped')
      ungrouped.hosts.add(host.name)
    } else {
      host.groups.delete('ungrouped')
      ungrouped.hosts.delete(host.name)
    }
  }
}

async function readGroups(
  builder: InventoryBuilder,
  layers: InventoryLayers,
): Promise<ReadonlyMap<string, Group>> {
  const places = arrangeGroups(builder)
  const read = async (draft: GroupDraft): Promise<readonly [string, Group]> => {
    const { priority, draft: rest } = takeGroupPriority(draft, (diagnostic) => builder.report(diagnostic))
    const { children = [], depth = 1 } = places.get(draft.name) ?? {}
    const group = {
      name: draft.name,
      children,
      hosts: [...draft.hosts],
      depth,
      priority,
      layers: await layers.ofGroup(rest),
    }
    return [draft.name, draft.range ? { ...group, range: draft.range } : group]
  }
  return new Map(await Promise.all([...builder.groups.values()].map(read)))
}

async function readHosts(
  builder: InventoryBuilder,
  layers: InventoryLayers,
): Promise<ReadonlyMap<string, Host>> {
  const hosts = new Map<string, Host>()
  const put = (draft: HostDraft, found: readonly VarsLayer[]) => {
    hosts.set(draft.name, { name: draft.name, range: draft.range, groups: [...draft.groups], layers: found })
  }
  const waiting: Promise<void>[] = []
  for (const draft of builder.hosts.values()) {
    const found = layers.ofHost(draft)
    if (!(found instanceof Promise)) {
      put(draft, found)
      continue
    }
    // Keeps the place in the order while the files are read.
    put(draft, [])
    waiting.push(found.then((all) => put(draft, all)))
  }
  await Promise.all(waiting)
  if (!hosts.has('localhost')) hosts.set('localhost', await implicitLocalhost(layers))
  return hosts
}

/** The machine tsplay runs on, in no group; `host_vars/localhost` holds for it all the same. */
async function implicitLocalhost(layers: InventoryLayers): Promise<Host> {
  const origin = 'implicit localhost'
  const connection = literalValue('local', startOf(origin))
  const own: VarsLayer = { level: 8, origin, vars: new Map([['connection', connection]]) }
  const files = await layers.ofHost({ name: 'localhost', contributions: [] })
  return { name: 'localhost', groups: [], layers: [own, ...files] }
}

function reportSharedNames(builder: InventoryBuilder): void {
  for (const group of builder.groups.values()) {
    const host = builder.hosts.get(group.name)
    if (!host) continue
    builder.report({
      code: 'bad-inventory',
      severity: 'warning',
      message: `"${group.name}" is the name of a host and of a group; in patterns it means the group.`,
      remedy: 'Rename one of them.',
      range: host.range,
      ...(group.range && { related: [{ message: 'The group stands here.', range: group.range }] }),
    })
  }
}
