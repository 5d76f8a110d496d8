import { readdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hierarchies } from './cgroups.ts'
import { endProcesses } from './processes.ts'

/** Ends every process of a lab's groups and removes the groups, wherever on this machine they are. */
export async function removeGroups(lab: string): Promise<void> {
  const groups = await findGroups(lab)
  await endProcesses(() => pidsIn(groups), lab)
  for (const group of groups) await removeTree(group)
}

/** Looks through all hierarchies: a lab may have been started from another version 1 group than ours. */
async function findGroups(lab: string): Promise<string[]> {
  const mounts = (await hierarchies()).map((hierarchy) => hierarchy.mount)
  const found = await Promise.all([...new Set(mounts)].map((mount) => search(mount, lab)))
  return found.flat()
}

async function search(folder: string, name: string): Promise<string[]> {
  const below = await subgroups(folder)
  if (below.includes(name)) return [join(folder, name)]
  const deeper = await Promise.all(below.map((group) => search(join(folder, group), name)))
  return deeper.flat()
}

async function subgroups(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(goneIsEmpty)
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

async function pidsIn(groups: readonly string[]): Promise<number[]> {
  const lists = await Promise.all(groups.map(pidsOf))
  return [...new Set(lists.flat())]
}

/** All processes of a group and the groups below it. */
async function pidsOf(group: string): Promise<number[]> {
  const own = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(goneIsEmpty)
  const below = await pidsIn((await subgroups(group)).map((name) => join(group, name)))
  const text = typeof own === 'string' ? own : ''
  return [...text.split('\n').filter(Boolean).map(Number), ...below]
}

async function removeTree(group: string): Promise<void> {
  for (const name of await subgroups(group)) await removeTree(join(group, name))
  await rmdir(group).catch(goneIsEmpty)
}

function goneIsEmpty(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT' || error.code === 'ENODEV') return []
  throw error
}

/** Bytes of memory that a host's processes hold for themselves; undefined where no hierarchy counts memory. */
export async function memoryOf(lab: string, leaf: string): Promise<number | undefined> {
  const counts = (await findGroups(lab)).map(async (group) => {
    const stat = await readFile(join(group, leaf, 'memory.stat'), 'utf8')
    const match = /^(?:total_rss|anon) (\d+)$/m.exec(stat)
    return match ? Number(match[1]) : Promise.reject(new Error('not counted'))
  })
  return Promise.any(counts).catch(() => undefined)
}
