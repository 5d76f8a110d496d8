import { mkdir } from 'node:fs/promises'
import { type Answer, refuse } from '#doubles/answer.ts'
import { makeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import { fullName, isUserProperty, propertyRow } from './dataset-properties.ts'
import { checkedSetting } from './dataset-setting.ts'
import { availableBytes, datasetValue, usedBytes } from './dataset-values.ts'
import { below, type Dataset, datasetNamed, type Zfs } from './zfs-state.ts'

/** `zfs set property=value… dataset…`: zfs-set(8). */
export const zfsSet: Command<Zfs> = {
  options: { '-u': 'flag' },
  run: async (call) => {
    const settings = call.operands.filter((word) => word.includes('='))
    const names = call.operands.filter((word) => !word.includes('='))
    if (call.operands.length === 0) return refuse(2, 'missing property=value argument')
    if (names.length === 0) return refuse(2, 'missing dataset name(s)')
    if (settings.length === 0) return refuse(2, 'missing property=value argument(s)')
    for (const name of names) await setAll(call, datasetNamed(call.state, name), settings)
    return {}
  },
}

async function setAll(
  { state, host }: Call<Zfs>,
  dataset: Dataset,
  settings: readonly string[],
): Promise<void> {
  const action = `cannot set property for '${dataset.name}'`
  const checked = settings.map((text) => checkedSetting(text, { type: dataset.type, isNew: false, action }))
  for (const [name, value] of checked) {
    requireRoom(state, dataset, { name, value, action })
    dataset.local[name] = value
    if (name === 'volsize') await makeDevice(host, `/dev/zvol/${dataset.name}`, Number(value))
    if (name === 'mountpoint' || name === 'canmount') await remount(state, dataset, host.path.bind(host))
  }
}

/** What the kernel refuses: dsl_dir.c and dsl_dataset.c. */
function requireRoom(
  state: Zfs,
  dataset: Dataset,
  { name, value, action }: { readonly name: string; readonly value: string; readonly action: string },
): void {
  const bytes = Number(value)
  const isTight = bytes > 0 && bytes < (name === 'quota' ? usedBytes(state, dataset) : dataset.bytes)
  if ((name === 'quota' || name === 'refquota') && isTight) {
    refuse(1, `${action}: size is less than current used or reserved space`)
  }
  const isReservation = name === 'reservation' || name === 'refreservation'
  if (isReservation && bytes > availableBytes(state, dataset) + usedBytes(state, dataset)) {
    refuse(1, `${action}: size is greater than available space`)
  }
  const block = Number(datasetValue(state, dataset, 'volblocksize')?.exact ?? 1)
  if (name === 'volsize' && bytes % block !== 0) {
    refuse(1, `${action}: 'volsize' must be a multiple of volume block size (${block / 1024}K)`)
  }
}

async function remount(state: Zfs, top: Dataset, path: (given: string) => string): Promise<void> {
  for (const dataset of [top, ...below(state, top.name)]) {
    if (dataset.type !== 'filesystem') continue
    const where = datasetValue(state, dataset, 'mountpoint')?.exact ?? 'none'
    const canMount = datasetValue(state, dataset, 'canmount')?.exact ?? 'on'
    if (canMount === 'off' || !where.startsWith('/')) dataset.mounted = false
    else if (canMount === 'on') dataset.mounted = true
    if (dataset.mounted) await mkdir(path(where), { recursive: true })
  }
}

/** `zfs inherit [-rS] property dataset…`: zfs-inherit(8). */
export const zfsInherit: Command<Zfs> = {
  options: { '-r': 'flag', '-S': 'flag' },
  run: async ({ state, options, operands, host }): Promise<Answer> => {
    const [property, ...names] = operands
    if (property === undefined) return refuse(2, 'missing property argument')
    if (names.length === 0) return refuse(2, 'missing dataset argument')
    requireInheritable(property)
    for (const name of names) {
      const top = datasetNamed(state, name)
      for (const dataset of options.has('r') ? [top, ...below(state, name)] : [top]) {
        delete dataset.local[fullName(property)]
      }
      if (property === 'mountpoint' || property === 'canmount')
        await remount(state, top, host.path.bind(host))
    }
    return {}
  },
}

function requireInheritable(property: string): void {
  const row = propertyRow(property)
  if (!row && !isUserProperty(property)) refuse(2, `invalid property '${property}'`)
  if (row?.access === 'ro' || row?.access === 'once') refuse(1, `${row.name} property is read-only`)
  if (row && !row.inherits && !/quota|reservation|canmount|_limit/.test(row.name)) {
    refuse(1, `'${row.name}' property cannot be inherited`)
  }
}
