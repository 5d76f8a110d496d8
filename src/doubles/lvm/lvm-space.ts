import { refuse } from '#doubles/answer.ts'
import type { OptionTable } from '#doubles/options.ts'
import { parseSize } from './lvm-size.ts'
import { failed, freeExtents, type Lvm, requireName, type VolumeGroup } from './lvm-state.ts'

export const sizes: OptionTable = { '-L --size': 'value', '-l --extents': 'value' }

/** About 1/1000 of the data, at least 2 MiB: lvmthin(7), "Thin pool metadata". In whole extents. */
export function metadataBytes(given: string | undefined, bytes: number, group: VolumeGroup): number {
  const wanted =
    given === undefined ? Math.max(2 * 1024 ** 2, bytes / 1024) : parseSize(given, '--poolmetadatasize')
  return Math.ceil(wanted / group.extent) * group.extent
}

export function requireNew(state: Lvm, group: VolumeGroup, name: string): void {
  requireName(name, 'logical volume')
  const isTaken = state.lvs.some((volume) => volume.group === group.name && volume.name === name)
  if (isTaken) refuse(failed, `  Logical Volume "${name}" already exists in volume group "${group.name}"`)
}

export function requireRoom(state: Lvm, group: VolumeGroup, needed: number): void {
  const free = freeExtents(state, group)
  if (needed <= free) return
  refuse(
    failed,
    `  Volume group "${group.name}" has insufficient free space (${free} extents): ${needed} required.`,
  )
}
