import { refuse } from '#doubles/answer.ts'
import { makeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import { amountOf } from './lvm-amount.ts'
import { common, said } from './lvm-groups.ts'
import { showSize } from './lvm-size.ts'
import { metadataBytes, requireRoom, sizes } from './lvm-space.ts'
import {
  devicePath,
  failed,
  groupNamed,
  invalid,
  type LogicalVolume,
  type Lvm,
  volumeNamed,
} from './lvm-state.ts'

/** `lvextend`, `lvreduce`, `lvresize`: sizes with a sign are relative. */
export const lvresize = (way: 'lvextend' | 'lvreduce' | 'lvresize'): Command<Lvm> => ({
  options: {
    ...common,
    ...sizes,
    '-r --resizefs': 'flag',
    '-n --nofsck': 'flag',
    '--poolmetadatasize': 'value',
    '--fs': 'value',
  },
  run: async (call) => {
    const { state, options } = call
    const volume = volumeNamed(state, call.operands[0] ?? '')
    const group = groupNamed(state, volume.group)
    const metadata = options.text('poolmetadatasize')
    if (metadata !== undefined) volume.metadataBytes = metadataBytes(metadata.replace(/^\+/, ''), 0, group)
    const amount = amountOf(state, group, options)
    if (!amount && metadata === undefined)
      return refuse(invalid, '  Please specify either size or extents but not both.')
    if (!amount) return said(call, `Logical volume ${volume.group}/${volume.name} successfully resized.`)
    const bytes = { '': amount.bytes, '+': volume.bytes + amount.bytes, '-': volume.bytes - amount.bytes }[
      amount.sign
    ]
    requireWay(call, volume, { way, bytes, extent: group.extent })
    if (volume.kind !== 'thin') requireRoom(state, group, Math.ceil((bytes - volume.bytes) / group.extent))
    const before = volume.bytes
    volume.bytes = bytes
    if (volume.kind !== 'thin-pool') await makeDevice(call.host, devicePath(volume), bytes)
    const style = { unit: 'r', hasSuffix: true }
    const from = `${showSize(before, style)} (${before / group.extent} extents)`
    const to = `${showSize(bytes, style)} (${bytes / group.extent} extents)`
    const name = `${volume.group}/${volume.name}`
    return said(
      call,
      `Size of logical volume ${name} changed from ${from} to ${to}.\n  Logical volume ${name} successfully resized.`,
    )
  },
})

function requireWay(
  { options }: Call<Lvm>,
  volume: LogicalVolume,
  { way, bytes, extent }: { readonly way: string; readonly bytes: number; readonly extent: number },
): void {
  if (bytes === volume.bytes)
    refuse(
      failed,
      `  New size (${bytes / extent} extents) matches existing size (${bytes / extent} extents).`,
    )
  if (way === 'lvextend' && bytes < volume.bytes)
    refuse(
      invalid,
      `  New size given (${bytes / extent} extents) not larger than existing size (${volume.bytes / extent} extents)`,
    )
  if (way === 'lvreduce' && bytes > volume.bytes)
    refuse(
      invalid,
      `  New size given (${bytes / extent} extents) not less than existing size (${volume.bytes / extent} extents)`,
    )
  if (bytes < volume.bytes && volume.kind === 'thin-pool')
    refuse(failed, '  Thin pool volumes cannot be reduced in size yet.')
  const isAgreed = options.has('y') || options.has('f')
  if (bytes < volume.bytes && !isAgreed)
    refuse(
      failed,
      `Do you really want to reduce ${volume.group}/${volume.name}? [y/n]: [n]\n  Logical volume ${volume.group}/${volume.name} NOT reduced.`,
    )
}
