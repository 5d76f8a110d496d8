import { rmdir } from 'node:fs/promises'
import { type Answer, lines, refuse } from '#doubles/answer.ts'
import { removeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import type { DoubleHost } from '#doubles/host.ts'
import { datasetValue } from './dataset-values.ts'
import { niceBytes } from './sizes.ts'
import { below, clonesOf, type Dataset, datasetNamed, snapshotsOf, type Zfs } from './zfs-state.ts'

/** `zfs destroy`: zfs-destroy(8), cmd/zfs/zfs_main.c `zfs_do_destroy`. */
export const zfsDestroy: Command<Zfs> = {
  options: {
    '-f': 'flag',
    '-n': 'flag',
    '-p': 'flag',
    '-r': 'flag',
    '-R': 'flag',
    '-v': 'flag',
    '-d': 'flag',
  },
  run: async (call): Promise<Answer> => {
    const [name] = call.operands
    if (name === undefined) return refuse(2, 'missing dataset argument')
    const doomed = name.includes('@') ? doomedSnapshots(call, name) : doomedDatasets(call, name)
    for (const dataset of doomed) requireFree(call, dataset, doomed)
    const said = report(call, doomed)
    if (call.options.has('n')) return { stdout: said }
    for (const dataset of doomed) await vanish(call.state, dataset, call.host)
    return { stdout: said }
  },
}

/** `tank@a,b`, and with `-r` those of the same name below. */
function doomedSnapshots({ state, options }: Call<Zfs>, text: string): Dataset[] {
  const [dataset = '', list = ''] = text.split('@')
  datasetNamed(state, dataset)
  const names = [
    dataset,
    ...(options.has('r') || options.has('R') ? below(state, dataset).map(({ name }) => name) : []),
  ]
  const found = list
    .split(',')
    .flatMap((short) => names.flatMap((name) => state.datasets[`${name}@${short}`] ?? []))
  if (found.length > 0) return found
  return refuse(1, 'could not find any snapshots to destroy; check snapshot names.')
}

function doomedDatasets({ state, options }: Call<Zfs>, name: string): Dataset[] {
  const top = datasetNamed(state, name)
  const inside = below(state, name)
  const isDeep = options.has('r') || options.has('R')
  if (!name.includes('/')) {
    refuse(
      1,
      [
        `cannot destroy '${name}': operation does not apply to pools`,
        `use 'zfs destroy -r ${name}' to destroy all datasets in the pool`,
        `use 'zpool destroy ${name}' to destroy the pool itself`,
      ].join('\n'),
    )
  }
  if (inside.length > 0 && !isDeep) {
    const what = top.type === 'volume' ? 'volume' : 'filesystem'
    refuse(
      1,
      [
        `cannot destroy '${name}': ${what} has children`,
        `use '-r' to destroy the following datasets:`,
        ...inside.map((one) => one.name),
      ].join('\n'),
    )
  }
  const clones = [top, ...inside].flatMap((one) => clonesOf(state, one.name))
  const outside = clones.filter((clone) => clone.name !== name && !inside.includes(clone))
  return [...(options.has('R') ? outside : []), ...inside.toReversed(), top]
}

function requireFree({ state }: Call<Zfs>, { name, holds }: Dataset, doomed: readonly Dataset[]): void {
  if (Object.keys(holds).length > 0) {
    refuse(1, `cannot destroy snapshot ${name}: it's being held. Run 'zfs holds -r ${name}' to see holders.`)
  }
  const clones = clonesOf(state, name).filter((clone) => !doomed.includes(clone))
  if (clones.length === 0) return
  refuse(
    1,
    [
      `cannot destroy '${name}': snapshot has dependent clones`,
      `use '-R' to destroy the following datasets:`,
      ...clones.map((clone) => clone.name),
    ].join('\n'),
  )
}

function report({ options }: Call<Zfs>, doomed: readonly Dataset[]): string {
  if (!options.has('v')) return ''
  const bytes = doomed.reduce((sum, one) => sum + one.bytes, 0)
  const would = options.has('n') ? 'would ' : 'will '
  if (options.has('p')) return lines([...doomed.map(({ name }) => `destroy\t${name}`), `reclaim\t${bytes}`])
  return lines([
    ...doomed.map(({ name }) => `${would}destroy ${name}`),
    `${would}reclaim ${niceBytes(bytes)}`,
  ])
}

export async function vanish(state: Zfs, dataset: Dataset, host: DoubleHost): Promise<void> {
  if (dataset.type === 'volume') await removeDevice(host, `/dev/zvol/${dataset.name}`)
  const where = datasetValue(state, dataset, 'mountpoint')?.exact
  // As a mount point that zfs made; a folder with content is somebody's.
  if (dataset.mounted && where) await rmdir(host.path(where)).catch(() => undefined)
  delete state.datasets[dataset.name]
}

/** `zfs rollback [-rRf] snapshot`: zfs-rollback(8). */
export const zfsRollback: Command<Zfs> = {
  options: { '-r': 'flag', '-R': 'flag', '-f': 'flag' },
  run: async ({ state, options, operands, host }): Promise<Answer> => {
    const [name] = operands
    if (name === undefined) return refuse(2, 'missing dataset argument')
    const snapshot = datasetNamed(state, name)
    const dataset = datasetNamed(state, name.split('@')[0] ?? '')
    const newer = snapshotsOf(state, dataset.name).filter(({ txg }) => txg > snapshot.txg)
    if (newer.length > 0 && !options.has('r') && !options.has('R')) {
      refuse(
        1,
        [
          `cannot rollback to '${name}': more recent snapshots or bookmarks exist`,
          `use '-r' to force deletion of the following snapshots and bookmarks:`,
          ...newer.map((one) => one.name),
        ].join('\n'),
      )
    }
    for (const one of newer) await vanish(state, one, host)
    return {}
  },
}
