import { createHash } from 'node:crypto'
import { refuse } from '#doubles/answer.ts'
import { hasKeys, type StateKind } from '#doubles/store.ts'

export type DatasetType = 'filesystem' | 'volume' | 'snapshot'

export interface Dataset {
  name: string
  readonly type: DatasetType
  readonly guid: string
  readonly txg: number
  /** Seconds since 1970. */
  readonly createdAt: number
  /** What it holds itself, in bytes. */
  bytes: number
  /** Properties that were set on it. */
  local: Record<string, string>
  readonly origin?: string
  /** Tags of a snapshot's holds, with the second they were set. */
  holds: Record<string, number>
  mounted: boolean
}

export interface Vdev {
  /** `disk`, `file`, `mirror`, `raidz1`, … */
  readonly type: string
  /** `mirror-0`; the path of a leaf. */
  readonly name: string
  /** Where it belongs: `normal`, `log`, `cache`, `spare`, `special`, `dedup`. */
  readonly kind: string
  readonly guid: string
  readonly bytes: number
  state: string
  errors: { read: number; write: number; checksum: number }
  children: Vdev[]
}

export interface Scan {
  readonly startedAt: number
  readonly endedAt: number
  readonly examined: number
  readonly errors: number
  readonly canceled?: true
}

export interface Pool {
  readonly name: string
  readonly guid: string
  readonly createdAt: number
  local: Record<string, string>
  vdevs: Vdev[]
  exported?: boolean
  scan?: Scan
}

export interface Zfs {
  pools: Record<string, Pool>
  datasets: Record<string, Dataset>
  txg: number
}

export const zfsState: StateKind<Zfs> = {
  family: 'zfs',
  initial: () => ({ pools: {}, datasets: {}, txg: 1 }),
  isState: (value): value is Zfs => hasKeys(value, 'pools', 'datasets', 'txg'),
}

/** What even an empty dataset takes, with 4 KiB sectors. */
export const emptyBytes = 98_304

export const poolOf = (name: string): string => name.split(/[/@]/)[0] ?? ''
export const parentOf = (name: string): string => name.replace(/[/@][^/@]*$/, '')
export const seconds = (now: number): number => Math.floor(now / 1000)

/** A number of 64 bits that is the same for the same words. */
export const guidOf = (...words: readonly (string | number)[]): string =>
  BigInt(`0x${createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 16)}`).toString()

export function newDataset(
  state: Zfs,
  given: Pick<Dataset, 'name' | 'type' | 'createdAt'> & Partial<Dataset>,
): Dataset {
  const txg = state.txg++
  const dataset = {
    guid: guidOf(given.name, given.createdAt, txg),
    txg,
    bytes: given.type === 'snapshot' ? 0 : emptyBytes,
    local: {},
    holds: {},
    mounted: given.type === 'filesystem',
    ...given,
  }
  state.datasets[given.name] = dataset
  return dataset
}

/** All of a host's imported pools' datasets, in the order in which they are listed: by name, snapshots by age. */
export function allDatasets(state: Zfs): Dataset[] {
  const isOpen = ({ name }: Dataset): boolean => state.pools[poolOf(name)]?.exported !== true
  return Object.values(state.datasets)
    .filter(isOpen)
    .toSorted((a, b) => {
      const [left, right] = [a.name.split('@')[0] ?? '', b.name.split('@')[0] ?? '']
      if (left !== right) return left < right ? -1 : 1
      return a.txg - b.txg
    })
}

export const isBelow = (name: string, ancestor: string): boolean =>
  name.startsWith(`${ancestor}/`) || name.startsWith(`${ancestor}@`)

export const below = (state: Zfs, name: string): Dataset[] =>
  allDatasets(state).filter((dataset) => isBelow(dataset.name, name))

export const snapshotsOf = (state: Zfs, name: string): Dataset[] =>
  allDatasets(state).filter((dataset) => dataset.name.startsWith(`${name}@`))

export const clonesOf = (state: Zfs, snapshot: string): Dataset[] =>
  allDatasets(state).filter(({ origin }) => origin === snapshot)

export const findDataset = (state: Zfs, name: string): Dataset | undefined =>
  allDatasets(state).find((dataset) => dataset.name === name)

export function datasetNamed(state: Zfs, name: string, action = `cannot open '${name}'`): Dataset {
  return findDataset(state, name) ?? refuse(1, `${action}: dataset does not exist`)
}

export const openPools = (state: Zfs): Pool[] =>
  Object.values(state.pools)
    .filter(({ exported }) => exported !== true)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))

export function poolNamed(state: Zfs, name: string): Pool {
  const pool = state.pools[name]
  return pool && pool.exported !== true ? pool : refuse(1, `cannot open '${name}': no such pool`)
}
