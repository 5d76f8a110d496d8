import { mkdir } from 'node:fs/promises'
import { type Answer, refuse } from '#doubles/answer.ts'
import type { Command } from '#doubles/double.ts'
import type { DoubleHost } from '#doubles/host.ts'
import { datasetValue } from './dataset-values.ts'
import { allDatasets, below, type Dataset, datasetNamed, parentOf, type Zfs } from './zfs-state.ts'

/** `zfs mount [-a] [dataset]`, alone a list of what is mounted: zfs-mount(8). */
export const zfsMount: Command<Zfs> = {
  options: { '-a': 'flag', '-O': 'flag', '-f': 'flag', '-v': 'flag', '-l': 'flag', '-o': 'values' },
  run: async ({ state, options, operands, host }): Promise<Answer> => {
    const [name] = operands
    const systems = allDatasets(state).filter(({ type }) => type === 'filesystem')
    if (name !== undefined) {
      await mountOne(state, datasetNamed(state, name), host)
    } else if (options.has('a')) {
      const due = systems.filter((one) => !one.mounted && canMount(state, one) === 'on')
      for (const one of due) if (placeOf(state, one).startsWith('/')) await mountOne(state, one, host)
    } else {
      const mounted = systems.filter((one) => one.mounted)
      return { stdout: mounted.map((one) => `${one.name.padEnd(30)}  ${placeOf(state, one)}\n`).join('') }
    }
    return {}
  },
}

const placeOf = (state: Zfs, one: Dataset): string => datasetValue(state, one, 'mountpoint')?.exact ?? 'none'
const canMount = (state: Zfs, one: Dataset): string => datasetValue(state, one, 'canmount')?.exact ?? 'off'

async function mountOne(state: Zfs, one: Dataset, host: DoubleHost): Promise<void> {
  if (one.mounted) refuse(1, `cannot mount '${one.name}': filesystem already mounted`)
  if (canMount(state, one) === 'off')
    refuse(1, `cannot mount '${one.name}': 'canmount' property is set to 'off'`)
  const place = placeOf(state, one)
  if (place === 'legacy')
    refuse(1, `cannot mount '${one.name}': legacy mountpoint\nuse mount(8) to mount this filesystem`)
  if (!place.startsWith('/')) refuse(1, `cannot mount '${one.name}': no mountpoint set`)
  one.mounted = true
  await mkdir(host.path(place), { recursive: true })
}

export const zfsUnmount: Command<Zfs> = {
  options: { '-a': 'flag', '-f': 'flag', '-u': 'flag' },
  run: ({ state, options, operands }): Answer => {
    const [name] = operands
    if (name === undefined && !options.has('a')) return refuse(2, 'missing filesystem argument')
    const chosen =
      name === undefined ? allDatasets(state).filter((one) => one.mounted) : [datasetNamed(state, name)]
    for (const one of chosen) {
      if (!one.mounted) refuse(1, `cannot unmount '${one.name}': not currently mounted`)
      one.mounted = false
    }
    return {}
  },
}

/** `zfs rename [-pr] from to`: zfs-rename(8). */
export const zfsRename: Command<Zfs> = {
  options: { '-p': 'flag', '-r': 'flag', '-f': 'flag', '-u': 'flag' },
  run: ({ state, operands }): Answer => {
    const [from, to] = operands
    if (from === undefined) return refuse(2, 'missing source dataset argument')
    if (to === undefined) return refuse(2, 'missing target dataset argument')
    const top = datasetNamed(state, from)
    if (state.datasets[to]) refuse(1, `cannot rename '${from}': dataset already exists`)
    if (!state.datasets[parentOf(to)]) refuse(1, `cannot rename '${from}': parent does not exist`)
    for (const one of [top, ...below(state, from)]) {
      delete state.datasets[one.name]
      one.name = `${to}${one.name.slice(from.length)}`
      state.datasets[one.name] = one
    }
    return {}
  },
}
