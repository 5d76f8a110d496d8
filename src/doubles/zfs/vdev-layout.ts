import { refuse } from '#doubles/answer.ts'
import { deviceAt } from '#doubles/device-size.ts'
import type { DoubleHost } from '#doubles/host.ts'
import { guidOf, type Vdev, type Zfs } from './zfs-state.ts'

const kinds = ['log', 'cache', 'spare', 'special', 'dedup']
const isGroup = (word: string): boolean => /^(mirror|raidz[123]?|draid\S*)$/.test(word)

const leaf = 'leaf'

interface Group {
  readonly type: string
  readonly kind: string
  readonly leaves: string[]
}

export interface Layout {
  readonly state: Zfs
  readonly host: DoubleHost
  readonly isForced: boolean
  /** Groups of the pool that the new ones join; their numbers go on. */
  readonly first: number
}

/** Reads `[mirror|raidzN] device… [log|cache|spare] …` and looks at the devices: cmd/zpool/zpool_vdev.c. */
export async function readLayout(words: readonly string[], layout: Layout): Promise<Vdev[]> {
  const groups = groupsOf(words)
  for (const { type, leaves } of groups) requireMembers(type, leaves)
  const vdevs: Vdev[] = []
  for (const [index, group] of groups.entries()) vdevs.push(await vdevOf(group, layout.first + index, layout))
  const types = new Set(vdevs.filter(({ kind }) => kind === 'normal').map(shapeOf))
  if (types.size > 1 && !layout.isForced) {
    const [one, other] = [...types]
    invalid(`mismatched replication level: both ${one} and ${other} vdevs are present`)
  }
  return vdevs
}

const shapeOf = ({ type, children }: Vdev): string => (children.length === 0 ? 'disk' : type)

/** `log`, `mirror` and their like say what the words behind them are. */
function groupsOf(words: readonly string[]): Group[] {
  const groups: Group[] = []
  let place: Place = { type: leaf, kind: 'normal' }
  for (const word of words) {
    const opened = opening(word, place.kind)
    place = opened ?? place
    if (opened ? opened.type !== leaf : place.type === leaf) groups.push({ ...place, leaves: [] })
    if (!opened) groups.at(-1)?.leaves.push(word)
  }
  return groups
}

type Place = Pick<Group, 'type' | 'kind'>

function opening(word: string, kind: string): Place | undefined {
  const heading = kindOf(word)
  if (heading) return { type: leaf, kind: heading }
  return isGroup(word) ? { type: word === 'raidz' ? 'raidz1' : word, kind } : undefined
}

const kindOf = (word: string): string | undefined =>
  kinds.find((kind) => word === kind || (kind === 'log' && word === 'logs'))

function requireMembers(type: string, leaves: readonly string[]): void {
  const least = type === 'mirror' ? 2 : Number(/^raidz(\d)$/.exec(type)?.[1] ?? 0) + 1
  if (leaves.length < least)
    refuse(1, `invalid vdev specification: ${type} requires at least ${least} devices`)
}

async function vdevOf({ type, kind, leaves }: Group, index: number, layout: Layout): Promise<Vdev> {
  const children: Vdev[] = []
  for (const word of leaves) children.push(await leafOf(word, kind, layout))
  const [only] = children
  if (type === leaf && only) return only
  return {
    ...{ type, kind, name: `${type}-${index}`, guid: guidOf(type, index, layout.host.now), children },
    ...{ bytes: 0, state: 'ONLINE', errors: { read: 0, write: 0, checksum: 0 } },
  }
}

async function leafOf(word: string, kind: string, { state, host, isForced }: Layout): Promise<Vdev> {
  const path = word.startsWith('/') ? word : `/dev/${word}`
  const device = await deviceAt(host, path)
  if (!device) {
    if (word.startsWith('/')) return refuse(1, `cannot open '${word}': No such file or directory`)
    return refuse(
      1,
      `cannot open '${word}': no such device in /dev\nmust be a full path or shorthand device name`,
    )
  }
  const pool = Object.values(state.pools).find(({ vdevs }) => vdevs.some((vdev) => holds(vdev, path)))
  if (pool && !pool.exported)
    refuse(1, `invalid vdev specification\n${overridable}\n${path} is part of active pool '${pool.name}'`)
  if (pool && !isForced) invalid(`${path} is part of exported pool '${pool.name}'`)
  if (device.bytes < 64 * 1024 ** 2) {
    return refuse(1, `cannot create pool: one or more devices is less than the minimum size (64M)`)
  }
  return {
    ...{ type: device.isBlock || path.startsWith('/dev/') ? 'disk' : 'file', kind, name: path, children: [] },
    guid: guidOf(path, host.now),
    // Labels and the boot area take 4.5 MiB; the rest is used in metaslabs. vdev_label.c.
    bytes: Math.floor((device.bytes - 4.5 * 1024 ** 2) / 1024 ** 2) * 1024 ** 2,
    ...{ state: 'ONLINE', errors: { read: 0, write: 0, checksum: 0 } },
  }
}

const holds = ({ name, children }: Vdev, path: string): boolean =>
  name === path || children.some((child) => holds(child, path))

const overridable = "use '-f' to override the following errors:"
const invalid = (why: string): never => refuse(1, `invalid vdev specification\n${overridable}\n${why}`)

/** Every device at the end of a branch. */
export const leavesOf = (vdevs: readonly Vdev[]): Vdev[] =>
  vdevs.flatMap((vdev) => (vdev.children.length > 0 ? leavesOf(vdev.children) : [vdev]))
