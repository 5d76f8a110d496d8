import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** A cgroup hierarchy of this machine: version 2, or one of version 1's many. */
export interface Hierarchy {
  /** As in /proc/self/cgroup: `memory`, `cpu,cpuacct`, `name=systemd`; empty for version 2. */
  readonly controllers: string
  /** Its mount point. */
  readonly mount: string
  /** Where a lab's group is made. */
  readonly parent: string
}

/**
 * Reads the hierarchies from /proc. Groups are made at the top, where no session manager removes them; with a
 * version 1 controller inside this process' own group, so that limits set on us hold for the lab too.
 */
export async function hierarchies(proc = '/proc/self'): Promise<Hierarchy[]> {
  const [mounts, groups] = await Promise.all([
    readFile(join(proc, 'mountinfo'), 'utf8'),
    readFile(join(proc, 'cgroup'), 'utf8'),
  ])
  return parseHierarchies(mounts, groups)
}

export function parseHierarchies(mountinfo: string, cgroup: string): Hierarchy[] {
  const lines = [...cgroup.matchAll(/^\d+:([^:]*):(.*)$/gm)]
  const own = new Map(lines.map(([, controllers = '', path = '']) => [controllers, path]))
  const found = new Map<string, Hierarchy>()
  for (const line of mountinfo.split('\n')) {
    const hierarchy = parseMount(line, own)
    if (hierarchy && !found.has(hierarchy.controllers)) found.set(hierarchy.controllers, hierarchy)
  }
  return [...found.values()]
}

/** See proc(5) on mountinfo: `id parent device root mount options … - type source options`. */
function parseMount(line: string, own: ReadonlyMap<string, string>): Hierarchy | undefined {
  const [fields = '', kind = ''] = line.split(' - ')
  const [, , , root = '', mount = ''] = fields.split(' ')
  const [type = '', , options = ''] = kind.split(' ')
  const controllers = [...own.keys()].find((key) => mountsKey(type, options, key))
  if (controllers === undefined) return undefined
  const isController = controllers !== '' && !controllers.startsWith('name=')
  const inside = isController ? relative(root, own.get(controllers) ?? '/') : ''
  return { controllers, mount, parent: inside.startsWith('..') ? mount : join(mount, inside) }
}

function mountsKey(type: string, options: string, key: string): boolean {
  if (type === 'cgroup2') return key === ''
  return (
    type === 'cgroup' &&
    key !== '' &&
    key.split(',').every((controller) => options.split(',').includes(controller))
  )
}

/** Makes the group `lab/leaf` in every hierarchy and gives their folders; a process enters by its pid. */
export async function makeGroups(lab: string, leaf: string): Promise<string[]> {
  const all = await hierarchies()
  return Promise.all(all.map((hierarchy) => makeGroup(hierarchy, lab, leaf)))
}

async function makeGroup(hierarchy: Hierarchy, lab: string, leaf: string): Promise<string> {
  // The lab's own keeper makes its hosts' groups: beside its own, not inside.
  const [parent = ''] = hierarchy.parent.split(`/${lab}/`)
  let group = parent
  for (const name of [lab, leaf]) {
    const above = group
    group = join(group, name)
    await mkdir(group, { recursive: true })
    await prepareGroup(hierarchy, { above, group, parent })
  }
  return group
}

/** A cpuset takes no process before it has processors and memory; version 2 passes controllers on by name. */
async function prepareGroup(
  hierarchy: Hierarchy,
  { above, group, parent }: { readonly above: string; readonly group: string; readonly parent: string },
): Promise<void> {
  if (hierarchy.controllers.split(',').includes('cpuset')) {
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      await writeFile(join(group, file), await readFile(join(above, file), 'utf8'))
    }
  }
  if (hierarchy.controllers !== '' || above === parent) return
  const given = (await readFile(join(above, 'cgroup.controllers'), 'utf8')).split(/\s+/).filter(Boolean)
  for (const controller of given) await writeFile(join(above, 'cgroup.subtree_control'), `+${controller}`)
}
