import { linesOf } from './sections.ts'

/** Devices that belong together: a mirror, a raidz, or (`disk`) one that stands alone. */
export interface VdevGroup {
  readonly type: string
  readonly role: 'data' | 'log' | 'cache' | 'spare' | 'special' | 'dedup'
  readonly devices: readonly VdevDevice[]
}

export interface VdevDevice {
  readonly name: string
  readonly state: string
  readonly errors: number
}

export interface PoolStatus {
  readonly state: string
  readonly groups: readonly VdevGroup[]
  /** The line about the last scrub or resilver. */
  readonly scan: string
  readonly errors: string
}

/**
 * Reads `zpool status`: the text has been the same for all versions, while `-j` came with OpenZFS 2.3. The tree is
 * told by indentation: the pool, what is grouped in it, and devices.
 */
export function parsePoolStatus(text: string): PoolStatus {
  const field = (name: string): string => new RegExp(`^ *${name}: *(.*)$`, 'm').exec(text)?.[1] ?? ''
  return {
    state: field('state'),
    scan: field('scan') || field('scrub'),
    errors: field('errors'),
    groups: groupsIn(linesOf(text).filter((line) => line.startsWith('\t'))),
  }
}

const roles = new Map<string, VdevGroup['role']>([
  ['logs', 'log'],
  ['cache', 'cache'],
  ['spares', 'spare'],
  ['special', 'special'],
  ['dedup', 'dedup'],
])

function groupsIn(lines: readonly string[]): readonly VdevGroup[] {
  const groups: { type: string; role: VdevGroup['role']; devices: VdevDevice[] }[] = []
  let role: VdevGroup['role'] = 'data'
  let base = 0
  for (const line of lines.slice(1)) {
    const [name = '', state = '', ...counts] = line.trim().split(/\s+/)
    const depth = line.search(/[^\t ]/)
    const device = { name, state, errors: sum(counts.slice(0, 3)) }
    const isTop = /^\t\S/.test(line)
    if (isTop) {
      // The pool itself, or a heading of its own.
      role = roles.get(name) ?? 'data'
      base = depth
    } else if (depth <= base + 2) {
      const group = /^(mirror|raidz\d?|draid\S*?)(-\d+)?$/.exec(name)?.[1]
      groups.push({ type: group ?? 'disk', role, devices: group ? [] : [device] })
    } else if (!/^(replacing|spare)-\d+$/.test(name)) {
      groups.at(-1)?.devices.push(device)
    }
  }
  return groups
}

/** Counts over 1000 are printed as 1.2K. */
const sum = (counts: readonly string[]): number =>
  counts.reduce(
    (total, count) => total + (Number.parseFloat(count) || 0) * (count.endsWith('K') ? 1000 : 1),
    0,
  )
