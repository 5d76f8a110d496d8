import { refuse } from '#doubles/answer.ts'
import { usedBytes } from './dataset-values.ts'
import { rawBytes } from './pool-space.ts'
import { niceBytes } from './sizes.ts'
import type { Pool, Vdev, Zfs } from './zfs-state.ts'

interface PoolProperty {
  readonly name: string
  readonly default?: string
  readonly values?: readonly string[]
  readonly compute?: (state: Zfs, pool: Pool) => string | number
  readonly isSize?: true
}

const onOff = ['on', 'off']
const set = (name: string, given: string, values?: readonly string[]): PoolProperty => ({
  name,
  default: given,
  ...(values && { values }),
})

/** module/zcommon/zpool_prop.c of OpenZFS 2.3 and zpoolprops(7), in the order of `zpool get all`. */
export const poolProperties: readonly PoolProperty[] = [
  { name: 'size', isSize: true, compute: (_, pool) => rawBytes(pool) },
  {
    name: 'capacity',
    compute: (state, pool) => Math.floor((100 * allocated(state, pool)) / (rawBytes(pool) || 1)),
  },
  set('altroot', '-'),
  { name: 'health', compute: (_, pool) => poolHealth(pool) },
  { name: 'guid', compute: (_, { guid }) => guid },
  set('version', '-'),
  set('bootfs', '-'),
  set('delegation', 'on', onOff),
  set('autoreplace', 'off', onOff),
  set('cachefile', '-'),
  set('failmode', 'wait', ['wait', 'continue', 'panic']),
  set('listsnapshots', 'off', onOff),
  set('autoexpand', 'off', onOff),
  set('dedup_table_quota', 'auto'),
  { name: 'dedupratio', compute: () => '1.00' },
  { name: 'free', isSize: true, compute: (state, pool) => rawBytes(pool) - allocated(state, pool) },
  { name: 'allocated', isSize: true, compute: allocated },
  { name: 'readonly', compute: () => 'off' },
  set('ashift', '0'),
  set('comment', '-'),
  { name: 'expandsize', compute: () => '-' },
  { name: 'freeing', isSize: true, compute: () => 0 },
  { name: 'fragmentation', compute: () => 0 },
  { name: 'leaked', isSize: true, compute: () => 0 },
  set('multihost', 'off', onOff),
  { name: 'checkpoint', compute: () => '-' },
  { name: 'load_guid', compute: (_, { guid }) => guid.split('').reverse().join('') },
  set('autotrim', 'off', onOff),
  set('compatibility', 'off'),
  { name: 'bcloneused', isSize: true, compute: () => 0 },
  { name: 'bclonesaved', isSize: true, compute: () => 0 },
  { name: 'bcloneratio', compute: () => '1.00' },
]

const aliases: Readonly<Record<string, string>> = {
  alloc: 'allocated',
  cap: 'capacity',
  frag: 'fragmentation',
  dedup: 'dedupratio',
  expandsz: 'expandsize',
  ckpoint: 'checkpoint',
  rdonly: 'readonly',
  listsnaps: 'listsnapshots',
  expand: 'autoexpand',
  replace: 'autoreplace',
}

export const poolProperty = (name: string): PoolProperty | undefined =>
  poolProperties.find((row) => row.name === (aliases[name] ?? name))

const isFeature = (name: string): boolean => /^feature@[a-z0-9_]+$/.test(name)

function allocated(state: Zfs, { name }: Pool): number {
  const root = state.datasets[name]
  return root ? usedBytes(state, root) : 0
}

/** As `-p` prints it, with its source; undefined for no property. */
export function poolValue(state: Zfs, pool: Pool, name: string): readonly [string, string] | undefined {
  if (isFeature(name)) return [pool.local[name] ?? 'enabled', 'local']
  const row = poolProperty(name)
  if (!row) return undefined
  const own = pool.local[row.name]
  if (own !== undefined) return [own, 'local']
  return row.compute ? [String(row.compute(state, pool)), '-'] : [row.default ?? '-', 'default']
}

export function readablePoolValue(name: string, exact: string): string {
  const row = poolProperty(name)
  if (row?.isSize) return niceBytes(Number(exact)).replace(/^0B$/, '0')
  if (row?.name === 'capacity' || row?.name === 'fragmentation') return `${exact}%`
  return /ratio$/.test(row?.name ?? '') ? `${exact}x` : exact
}

/** libzfs_pool.c `zpool_valid_proplist`. */
export function checkedPoolSetting(text: string, action: string): readonly [string, string] {
  const [name = '', ...rest] = text.split('=')
  const value = rest.join('=')
  if (rest.length === 0) refuse(2, `missing '=' in property=value argument`)
  const fail = (why: string): never => refuse(1, `${action}: ${why}`)
  const isState = value === 'enabled' || value === 'disabled'
  if (isFeature(name) && isState) return [name, value]
  if (isFeature(name)) return fail(`property '${name}' can only be set to 'enabled' or 'disabled'`)
  const row = poolProperty(name) ?? fail(`property '${name}' is not a valid pool or vdev property`)
  if (row.name === 'readonly' || row.name === 'altroot')
    fail(`property '${row.name}' can only be set at import time`)
  if (row.compute) fail(`'${row.name}' is readonly`)
  requireValue(row, value, fail)
  return [row.name, value]
}

function requireValue(row: PoolProperty, value: string, fail: (why: string) => never): void {
  if (row.values && !row.values.includes(value))
    fail(`'${row.name}' must be one of '${row.values.join(' | ')}'`)
  const shift = Number(value)
  const isShift = Number.isInteger(shift) && (shift === 0 || (shift >= 9 && shift <= 16))
  if (row.name === 'ashift' && !isShift) {
    fail(`property 'ashift' number '${value}' is invalid, only values between 9 and 16 are allowed`)
  }
}

/** A pool is as well as its worst top-level device: spa_misc.c, vdev.c `vdev_propagate_state`. */
export function poolHealth(pool: Pool): string {
  const states = pool.vdevs.filter(({ kind }) => kind === 'normal').map(vdevHealth)
  if (states.every((state) => state === 'ONLINE')) return 'ONLINE'
  const dead = states.some((state) => state !== 'ONLINE' && state !== 'DEGRADED')
  return dead ? 'SUSPENDED' : 'DEGRADED'
}

export function vdevHealth({ type, state, children }: Vdev): string {
  if (children.length === 0) return state
  const bad = children.filter((child) => vdevHealth(child) !== 'ONLINE').length
  if (bad === 0) return 'ONLINE'
  const spare = type === 'mirror' ? children.length - 1 : Number(type.slice(5) || 1)
  return bad <= spare ? 'DEGRADED' : 'UNAVAIL'
}
