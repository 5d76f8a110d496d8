import { createHash } from 'node:crypto'
import { refuse } from '#doubles/answer.ts'
import { hasKeys, type StateKind } from '#doubles/store.ts'

export interface PhysicalVolume {
  readonly path: string
  readonly uuid: string
  bytes: number
  /** Empty: of none. */
  group: string
}

export interface VolumeGroup {
  name: string
  readonly uuid: string
  /** Bytes. */
  readonly extent: number
  tags: string[]
}

export interface LogicalVolume {
  group: string
  name: string
  readonly uuid: string
  readonly kind: 'linear' | 'thin-pool' | 'thin'
  bytes: number
  /** Of a thin volume. */
  readonly pool?: string
  /** Of a thin pool. */
  metadataBytes?: number
  readonly origin?: string
  active: boolean
  isReadOnly: boolean
  readonly createdAt: number
  tags: string[]
}

export interface Lvm {
  pvs: PhysicalVolume[]
  vgs: VolumeGroup[]
  lvs: LogicalVolume[]
}

export const lvmState: StateKind<Lvm> = {
  family: 'lvm',
  initial: () => ({ pvs: [], vgs: [], lvs: [] }),
  isState: (value): value is Lvm => hasKeys(value, 'pvs', 'vgs', 'lvs'),
}

/** `ECMD_FAILED` and `EINVALID_CMD_LINE` of tools/errors.h. */
export const failed = 5
export const invalid = 3

/** As lvm2's: 6-4-4-4-4-4-6 letters. */
export function uuidOf(...words: readonly (string | number)[]): string {
  const text = createHash('sha256').update(words.join(' ')).digest('base64').replace(/[+/=]/g, 'x')
  const cuts = [0, 6, 10, 14, 18, 22, 26, 32]
  return cuts
    .slice(1)
    .map((end, index) => text.slice(cuts[index], end))
    .join('-')
}

export function groupNamed(state: Lvm, name: string): VolumeGroup {
  const found = state.vgs.find((group) => group.name === name)
  return found ?? refuse(failed, `  Volume group "${name}" not found\n  Cannot process volume group ${name}`)
}

/** `vg/lv` or `/dev/vg/lv`. */
export function volumeNamed(state: Lvm, text: string): LogicalVolume {
  const [groupName = '', name] = text.replace(/^\/dev\//, '').split('/')
  if (name === undefined || name === '') {
    return refuse(invalid, `  "${text}": Invalid path for Logical Volume.`)
  }
  const group = groupNamed(state, groupName)
  const found = state.lvs.find((volume) => volume.group === group.name && volume.name === name)
  return found ?? refuse(failed, `  Failed to find logical volume "${group.name}/${name}"`)
}

/** Whole extents; the metadata area at the front takes the first MiB. lib/format_text, `data_alignment`. */
export const pvExtents = (pv: PhysicalVolume, extent: number): number =>
  Math.max(0, Math.floor((pv.bytes - 1024 ** 2) / extent))

export const groupExtents = (state: Lvm, group: VolumeGroup): number =>
  state.pvs.filter((pv) => pv.group === group.name).reduce((sum, pv) => sum + pvExtents(pv, group.extent), 0)

/** Thin volumes take nothing from the group; a pool takes its metadata too, and as much again as a spare. */
export function usedExtents(state: Lvm, group: VolumeGroup): number {
  const pools = state.lvs.filter((volume) => volume.group === group.name && volume.kind === 'thin-pool')
  const spare = Math.max(0, ...pools.map(({ metadataBytes }) => metadataBytes ?? 0))
  const bytes = state.lvs
    .filter((volume) => volume.group === group.name && volume.kind !== 'thin')
    .reduce((sum, volume) => sum + volume.bytes + (volume.metadataBytes ?? 0), spare)
  return Math.ceil(bytes / group.extent)
}

export const freeExtents = (state: Lvm, group: VolumeGroup): number =>
  groupExtents(state, group) - usedExtents(state, group)

export const devicePath = ({ group, name }: Pick<LogicalVolume, 'group' | 'name'>): string =>
  `/dev/${group}/${name}`

/** lib/metadata/lv_manip.c and lib/misc/lvm-string.c: what no name may be. */
export function requireName(name: string, kind: 'volume group' | 'logical volume'): void {
  const shown = kind === 'volume group' ? 'New volume group' : 'Logical volume'
  const isFit = /^[A-Za-z0-9+_.][A-Za-z0-9+_.-]*$/.test(name) && name !== '.' && name !== '..'
  if (!isFit) refuse(invalid, `  ${shown} name "${name}" is invalid.`)
  const reserved = /^(snapshot|pvmove)|_(tdata|tmeta|mlog|mimage|rimage|rmeta|cdata|cmeta)/
  if (kind === 'logical volume' && reserved.test(name)) {
    refuse(
      invalid,
      `  Names including "${reserved.exec(name)?.[0]}" are reserved. Please choose a different LV name.`,
    )
  }
}
