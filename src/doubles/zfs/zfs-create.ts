import { mkdir } from 'node:fs/promises'
import { type Answer, refuse } from '#doubles/answer.ts'
import { makeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import type { DoubleHost } from '#doubles/host.ts'
import { checkedSetting } from './dataset-setting.ts'
import { availableBytes, datasetValue } from './dataset-values.ts'
import { parseSize } from './sizes.ts'
import {
  type Dataset,
  type DatasetType,
  newDataset,
  parentOf,
  poolOf,
  seconds,
  type Zfs,
} from './zfs-state.ts'

/** `zfs create`: zfs-create(8), libzfs_dataset.c `zfs_create` and `create_parents`. */
export const zfsCreate: Command<Zfs> = {
  options: {
    '-p': 'flag',
    '-u': 'flag',
    '-n': 'flag',
    '-v': 'flag',
    '-P': 'flag',
    '-o': 'values',
    '-V': 'value',
    '-b': 'value',
    '-s': 'flag',
  },
  run: create,
}

async function create(call: Call<Zfs>): Promise<Answer> {
  const { state, options, operands, host } = call
  const [name, extra] = operands
  if (name === undefined) return refuse(2, 'missing dataset name argument')
  if (extra !== undefined) return refuse(2, 'too many arguments')
  const type = options.has('V') ? 'volume' : 'filesystem'
  const action = `cannot create '${name}'`
  requireName(name, action)
  const found = state.datasets[name]
  if (found && options.has('p') && found.type === type) return {}
  if (found) return refuse(1, `${action}: dataset already exists`)
  const settings = settingsOf(call, type, action)
  await makeParents({ state, host, name, isForced: options.has('p') })
  const local = type === 'volume' ? { ...settings, ...volumeSettings(call, name, settings) } : settings
  const said = options.has('v') ? `${options.has('n') ? 'would create' : 'create'} ${name}\n` : ''
  if (options.has('n')) return { stdout: said }
  const dataset = newDataset(state, { name, type, createdAt: seconds(host.now), local })
  await appear(state, dataset, host, !options.has('u'))
  return { stdout: said }
}

function settingsOf({ options }: Call<Zfs>, type: DatasetType, action: string): Record<string, string> {
  const block = options.text('b')
  const texts = [...options.texts('o'), ...(block === undefined ? [] : [`volblocksize=${block}`])]
  return Object.fromEntries(texts.map((text) => checkedSetting(text, { type, isNew: true, action })))
}

/** The size, and its reservation unless the volume is sparse (`-s`). */
function volumeSettings(
  { state, options }: Call<Zfs>,
  name: string,
  local: Readonly<Record<string, string>>,
): Record<string, string> {
  const action = `cannot create '${name}'`
  const size = volumeSize(options.text('V') ?? '', { local, action })
  if (options.has('s')) return { volsize: String(size) }
  if (size > availableBytes(state, parentDataset(state, name, action))) refuse(1, `${action}: out of space`)
  return { volsize: String(size), refreservation: local['refreservation'] ?? String(size) }
}

/** zfs_namecheck.c: letters, digits and `-_.: `, no empty part. */
export function requireName(name: string, action: string): void {
  if (name.length > 255) refuse(1, `${action}: name is too long`)
  if (name.endsWith('/')) refuse(1, `${action}: trailing slash in name`)
  if (name.startsWith('/')) refuse(1, `${action}: leading slash in name`)
  if (name.split('/').includes('')) refuse(1, `${action}: empty component in name`)
  const bad = /[^A-Za-z0-9_.:/@ -]/.exec(name)?.[0]
  if (bad !== undefined) refuse(1, `${action}: invalid character '${bad}' in name`)
}

function parentDataset(state: Zfs, name: string, action: string): Dataset {
  return state.datasets[parentOf(name)] ?? refuse(1, `${action}: parent does not exist`)
}

interface Parents {
  readonly state: Zfs
  readonly host: DoubleHost
  readonly name: string
  readonly isForced: boolean
}

async function makeParents({ state, host, name, isForced }: Parents): Promise<void> {
  const action = `cannot create '${name}'`
  const parent = parentOf(name)
  if (parent === name) refuse(1, `${action}: missing dataset name`)
  const pool = state.pools[poolOf(name)]
  if (!pool || pool.exported) refuse(1, `${action}: no such pool '${poolOf(name)}'`)
  const found = state.datasets[parent]
  if (found?.type === 'volume') refuse(1, `${action}: parent is not a filesystem`)
  if (found) return
  if (!isForced) refuse(1, `${action}: parent does not exist`)
  await makeParents({ state, host, name: parent, isForced })
  const dataset = newDataset(state, { name: parent, type: 'filesystem', createdAt: seconds(host.now) })
  await appear(state, dataset, host, true)
}

function volumeSize(
  text: string,
  { local, action }: { readonly local: Readonly<Record<string, string>>; readonly action: string },
): number {
  const bytes = parseSize(text)
  if (bytes === undefined) return refuse(2, `bad volume size '${text}': bad numeric value '${text}'`)
  if (bytes === 0) refuse(1, `${action}: 'volsize' cannot be zero`)
  const block = Number(local['volblocksize'] ?? 16_384)
  // `zfs create` rounds up to the next block by itself since 0.8.4; zfs-create(8), "-V".
  return Math.ceil(bytes / block) * block
}

/** A file system is mounted, a volume becomes a device. */
export async function appear(state: Zfs, dataset: Dataset, host: DoubleHost, mounts: boolean): Promise<void> {
  if (dataset.type === 'volume') {
    await makeDevice(host, `/dev/zvol/${dataset.name}`, Number(dataset.local['volsize']))
    return
  }
  const where = datasetValue(state, dataset, 'mountpoint')?.exact ?? 'none'
  const canMount = datasetValue(state, dataset, 'canmount')?.exact ?? 'on'
  dataset.mounted = mounts && canMount === 'on' && where.startsWith('/')
  if (dataset.mounted) await mkdir(host.path(where), { recursive: true })
}
