import { propertyRow } from './dataset-properties.ts'
import { poolBytes } from './pool-space.ts'
import { niceBytes, niceNumber } from './sizes.ts'
import { below, type Dataset, parentOf, poolOf, snapshotsOf, type Zfs } from './zfs-state.ts'

export interface PropertyValue {
  /** As `-p` prints it. */
  readonly exact: string
  readonly source: string
}

/** What a property is on a dataset; undefined when it does not apply there. */
export function datasetValue(state: Zfs, dataset: Dataset, name: string): PropertyValue | undefined {
  const row = propertyRow(name)
  if (!row) return userValue(state, dataset, name)
  if (!row.on.includes(dataset.type)) return undefined
  const exact = readOnlyValue(state, dataset, row.name)
  if (exact !== undefined) return { exact, source: '-' }
  const set = dataset.local[row.name]
  if (set !== undefined) return { exact: set, source: row.access === 'once' && !row.inherits ? '-' : 'local' }
  const above = row.inherits ? inherited(state, dataset, row.name) : undefined
  if (above) return above
  if (row.name === 'mountpoint') return { exact: `/${dataset.name}`, source: 'default' }
  return row.default === undefined ? undefined : { exact: row.default, source: 'default' }
}

function inherited(state: Zfs, { name }: Dataset, property: string): PropertyValue | undefined {
  for (let above = parentOf(name); above !== name; above = parentOf(above)) {
    const value = state.datasets[above]?.local[property]
    if (value !== undefined)
      return { exact: placeBelow(property, value, name, above), source: `inherited from ${above}` }
    if (!/[/@]/.test(above)) return undefined
  }
  return undefined
}

/** Of all inherited properties the mount point alone differs from its origin. */
function placeBelow(property: string, value: string, name: string, above: string): string {
  if (property !== 'mountpoint' || !value.startsWith('/')) return value
  return `${value === '/' ? '' : value}${name.slice(above.length)}`
}

function userValue(state: Zfs, dataset: Dataset, name: string): PropertyValue | undefined {
  const set = dataset.local[name]
  if (set !== undefined) return { exact: set, source: 'local' }
  return inherited(state, dataset, name)
}

function readOnlyValue(state: Zfs, dataset: Dataset, name: string): string | undefined {
  const compute = readOnly[name]
  return compute ? String(compute(state, dataset)) : undefined
}

const readOnly: Readonly<Record<string, (state: Zfs, dataset: Dataset) => string | number>> = {
  type: (_, { type }) => type,
  creation: (_, { createdAt }) => createdAt,
  used: usedBytes,
  available: availableBytes,
  referenced: (_, { bytes }) => bytes,
  compressratio: () => '1.00',
  refcompressratio: () => '1.00',
  mounted: (_, { mounted }) => (mounted ? 'yes' : 'no'),
  origin: (_, { origin }) => origin ?? '-',
  createtxg: (_, { txg }) => txg,
  version: () => 5,
  guid: (_, { guid }) => guid,
  objsetid: (_, { txg }) => txg + 53,
  usedbysnapshots: (state, { name }) => sum(snapshotsOf(state, name).map(({ bytes }) => bytes)),
  usedbydataset: (_, { bytes }) => bytes,
  usedbychildren: childrenBytes,
  usedbyrefreservation: reservedBytes,
  written: (_, { bytes }) => bytes,
  logicalused: (_, { bytes }) => bytes,
  logicalreferenced: (_, { bytes }) => bytes,
  userrefs: (_, { holds }) => Object.keys(holds).length,
  defer_destroy: () => 'off',
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export function usedBytes(state: Zfs, dataset: Dataset): number {
  if (dataset.type === 'snapshot') return dataset.bytes
  const snapshots = sum(snapshotsOf(state, dataset.name).map(({ bytes }) => bytes))
  const held = dataset.bytes + snapshots + childrenBytes(state, dataset) + reservedBytes(state, dataset)
  return Math.max(held, Number(dataset.local['reservation'] ?? 0))
}

function childrenBytes(state: Zfs, { name }: Dataset): number {
  const children = below(state, name).filter((one) => one.type !== 'snapshot' && parentOf(one.name) === name)
  return sum(children.map((child) => usedBytes(state, child)))
}

function reservedBytes(_: Zfs, { local, bytes }: Dataset): number {
  return Math.max(0, Number(local['refreservation'] ?? 0) - bytes)
}

/** The least of what the pool has left and what quotas on the way up leave. */
export function availableBytes(state: Zfs, dataset: Dataset): number {
  const own = dataset.type === 'volume' ? reservedBytes(state, dataset) : 0
  const pool = state.datasets[poolOf(dataset.name)]
  const left = [poolBytes(state, poolOf(dataset.name)) - (pool ? usedBytes(state, pool) : 0) + own]
  for (let name = dataset.name; ; name = parentOf(name)) {
    const at = state.datasets[name]
    const quota = Number(at?.local['quota'] ?? 0)
    if (at && quota > 0) left.push(quota - usedBytes(state, at))
    if (!name.includes('/')) break
  }
  return Math.max(0, Math.min(...left))
}

/** As people read it: `zfs_prop_get` of lib/libzfs/libzfs_dataset.c. */
export function readable(name: string, exact: string): string {
  const row = propertyRow(name)
  if (!row) return exact
  if (/^(quota|refquota|reservation|refreservation)$/.test(row.name) && exact === '0') return 'none'
  if (/_limit$/.test(row.name)) return exact === '18446744073709551615' ? 'none' : niceNumber(Number(exact))
  if (row.name === 'creation') return dateText(Number(exact))
  if (/ratio$/.test(row.name)) return `${exact}x`
  if (row.value === 'size' || sizes.has(row.name)) return exact === '0' ? '0B' : niceSize(row.name, exact)
  return exact
}

/** Block sizes have no decimals and no `B`. */
const niceSize = (name: string, exact: string): string =>
  name === 'recordsize' || name === 'volblocksize' || name === 'special_small_blocks'
    ? niceNumber(Number(exact))
    : niceBytes(Number(exact))

const sizes = new Set([
  ...['used', 'available', 'referenced', 'written', 'logicalused', 'logicalreferenced'],
  ...['usedbysnapshots', 'usedbydataset', 'usedbychildren', 'usedbyrefreservation'],
])

/** `Sun Nov 29  0:41 2026`: strftime "%a %b %e %k:%M %Y". */
export function dateText(second: number): string {
  const date = new Date(second * 1000)
  const [day, month] = [
    date.toLocaleDateString('en', { weekday: 'short' }),
    date.toLocaleDateString('en', { month: 'short' }),
  ]
  const pad = (value: number): string => String(value).padStart(2)
  const minutes = String(date.getMinutes()).padStart(2, '0')
  return `${day} ${month} ${pad(date.getDate())} ${pad(date.getHours())}:${minutes} ${date.getFullYear()}`
}
