import { type Answer, refuse } from '#doubles/answer.ts'
import { makeDevice, removeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import type { OptionTable } from '#doubles/options.ts'
import { amountOf } from './lvm-amount.ts'
import { common, said } from './lvm-groups.ts'
import { parseSize, showSize } from './lvm-size.ts'
import {
  devicePath,
  failed,
  freeExtents,
  groupNamed,
  invalid,
  type LogicalVolume,
  type Lvm,
  requireName,
  uuidOf,
  type VolumeGroup,
  volumeNamed,
} from './lvm-state.ts'

const sizes: OptionTable = { '-L --size': 'value', '-l --extents': 'value' }

/** `lvcreate`: lvcreate(8); linear volumes, thin pools, thin volumes and their snapshots. */
export const lvcreate: Command<Lvm> = {
  options: {
    ...common,
    ...sizes,
    '-n --name': 'value',
    '-T --thin': 'flag',
    '--type': 'value',
    '--thinpool': 'value',
    '-V --virtualsize': 'value',
    '--poolmetadatasize': 'value',
    '-c --chunksize': 'value',
    '-s --snapshot': 'flag',
    '-W --wipesignatures': 'value',
    '-Z --zero': 'value',
    '-a --activate': 'value',
    '-k --setactivationskip': 'value',
    '-p --permission': 'value',
    '-i --stripes': 'value',
    '-I --stripesize': 'value',
  },
  run: async (call): Promise<Answer> => {
    const { options, operands } = call
    if (operands.length === 0) return refuse(invalid, '  Please provide a volume group name')
    if (options.has('s')) return snapshot(call)
    const type = options.text('type')
    if (options.has('V')) return createThin(call)
    const isPool = type === 'thin-pool' || options.has('T') || options.has('thinpool')
    return createPlain(call, isPool ? 'thin-pool' : 'linear')
  },
}

async function createPlain(call: Call<Lvm>, kind: 'linear' | 'thin-pool'): Promise<Answer> {
  const { state, options } = call
  const [groupName = '', inPath] = (call.operands[0] ?? '').replace(/^\/dev\//, '').split('/')
  const group = groupNamed(state, groupName)
  const amount = amountOf(state, group, options)
  if (!amount) return refuse(invalid, '  Please specify either size or extents (not both).')
  const name = inPath ?? options.text('thinpool') ?? options.text('n') ?? freeName(state, groupName)
  requireNew(state, group, name)
  const space = kind === 'linear' ? { bytes: amount.bytes } : poolSpace(call, amount.bytes, group)
  requireRoom(state, group, Math.ceil((space.bytes + 2 * (space.metadataBytes ?? 0)) / group.extent))
  const volume = newVolume(call, { group: group.name, name, kind, ...space })
  if (kind === 'linear') await makeDevice(call.host, devicePath(volume), space.bytes)
  return said(call, `Logical volume "${name}" created.`)
}

type Space = Pick<LogicalVolume, 'bytes' | 'metadataBytes'>

/** Of a share of the group, a pool's metadata and its spare are taken off by itself. lib/metadata/lv_manip.c. */
function poolSpace({ options }: Call<Lvm>, bytes: number, group: VolumeGroup): Space {
  const metadata = metadataBytes(options.text('poolmetadatasize'), bytes, group)
  const isShare = options.text('l')?.includes('%') === true
  return { bytes: isShare ? Math.max(group.extent, bytes - 2 * metadata) : bytes, metadataBytes: metadata }
}

/** About 1/1000 of the data, at least 2 MiB: lvmthin(7), "Thin pool metadata". In whole extents. */
function metadataBytes(given: string | undefined, bytes: number, group: VolumeGroup): number {
  const wanted =
    given === undefined ? Math.max(2 * 1024 ** 2, bytes / 1024) : parseSize(given, '--poolmetadatasize')
  return Math.ceil(wanted / group.extent) * group.extent
}

async function createThin(call: Call<Lvm>): Promise<Answer> {
  const { state, options } = call
  const [groupName = '', inPath] = (call.operands[0] ?? '').replace(/^\/dev\//, '').split('/')
  const group = groupNamed(state, groupName)
  const pool = options.text('thinpool')?.split('/').at(-1) ?? inPath
  if (pool === undefined) return refuse(invalid, '  Please specify an existing thin pool.')
  const found = volumeNamed(state, `${groupName}/${pool}`)
  if (found.kind !== 'thin-pool') refuse(failed, `  Logical volume ${groupName}/${pool} is not a thin pool.`)
  const name = options.text('n') ?? freeName(state, groupName)
  requireNew(state, group, name)
  const bytes = Math.ceil(parseSize(options.text('V') ?? '', '--virtualsize') / group.extent) * group.extent
  const volume = newVolume(call, { group: groupName, name, kind: 'thin', bytes, pool })
  await makeDevice(call.host, devicePath(volume), bytes)
  const total = state.lvs
    .filter((one) => one.pool === pool && one.group === groupName)
    .reduce((sum, one) => sum + one.bytes, 0)
  const answer = said(call, `Logical volume "${name}" created.`)
  if (total <= found.bytes) return answer
  const style = { unit: 'r', hasSuffix: true }
  return {
    ...answer,
    stderr: `  WARNING: Sum of all thin volume sizes (${showSize(total, style)}) exceeds the size of thin pool ${groupName}/${pool} (${showSize(found.bytes, style)}).\n`,
  }
}

async function snapshot(call: Call<Lvm>): Promise<Answer> {
  const origin = volumeNamed(call.state, call.operands[0] ?? '')
  if (origin.kind !== 'thin')
    return refuse(failed, '  Snapshots of thin volumes alone are stood in for here.')
  const name = call.options.text('n') ?? freeName(call.state, origin.group)
  requireNew(call.state, groupNamed(call.state, origin.group), name)
  const { group, bytes, pool } = origin
  newVolume(call, {
    group,
    name,
    kind: 'thin',
    bytes,
    origin: origin.name,
    ...(pool !== undefined && { pool }),
  })
  return said(call, `Logical volume "${name}" created.`)
}

type Given = Pick<LogicalVolume, 'group' | 'name' | 'kind' | 'bytes'> & Partial<LogicalVolume>

function newVolume({ state, host, options }: Call<Lvm>, given: Given): LogicalVolume {
  const volume: LogicalVolume = {
    uuid: uuidOf(given.group, given.name, host.now),
    active: options.text('a') !== 'n',
    isReadOnly: options.text('p') === 'r',
    createdAt: host.now,
    tags: [...options.texts('addtag')],
    ...given,
  }
  state.lvs.push(volume)
  return volume
}

function requireNew(state: Lvm, group: VolumeGroup, name: string): void {
  requireName(name, 'logical volume')
  const isTaken = state.lvs.some((volume) => volume.group === group.name && volume.name === name)
  if (isTaken) refuse(failed, `  Logical Volume "${name}" already exists in volume group "${group.name}"`)
}

function requireRoom(state: Lvm, group: VolumeGroup, needed: number): void {
  const free = freeExtents(state, group)
  if (needed <= free) return
  refuse(
    failed,
    `  Volume group "${group.name}" has insufficient free space (${free} extents): ${needed} required.`,
  )
}

/** `lvol0`, `lvol1`, … */
function freeName(state: Lvm, group: string): string {
  const taken = new Set(state.lvs.filter((volume) => volume.group === group).map(({ name }) => name))
  let number = 0
  while (taken.has(`lvol${number}`)) number++
  return `lvol${number}`
}

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

/** `lvremove vg/lv…`; a pool goes with its volumes. */
export const lvremove: Command<Lvm> = {
  options: common,
  run: async (call) => {
    const { state, options, host } = call
    const named = call.operands.flatMap((text) => namedVolumes(state, text))
    const lost = state.lvs.filter(
      (one) =>
        named.includes(one) || named.some((pool) => pool.name === one.pool && pool.group === one.group),
    )
    if (!options.has('y') && !options.has('f')) {
      const [first] = lost
      return refuse(
        failed,
        `Do you really want to remove active logical volume ${first?.group}/${first?.name}? [y/n]: [n]\n  Logical volume ${first?.group}/${first?.name} not removed.`,
      )
    }
    for (const volume of lost) await removeDevice(host, devicePath(volume))
    state.lvs = state.lvs.filter((volume) => !lost.includes(volume))
    return said(call, lost.map(({ name }) => `Logical volume "${name}" successfully removed.`).join('\n  '))
  },
}

/** A whole group's volumes by its name. */
function namedVolumes(state: Lvm, text: string): LogicalVolume[] {
  const plain = text.replace(/^\/dev\//, '')
  if (plain.includes('/')) return [volumeNamed(state, text)]
  const group = groupNamed(state, plain)
  return state.lvs.filter((volume) => volume.group === group.name)
}

/** `lvrename vg old new` or `lvrename vg/old vg/new`. */
export const lvrename: Command<Lvm> = {
  options: common,
  run: async (call) => {
    const words =
      call.operands.length === 3
        ? [`${call.operands[0]}/${call.operands[1]}`, call.operands[2] ?? '']
        : call.operands
    const volume = volumeNamed(call.state, words[0] ?? '')
    const name = (words[1] ?? '').split('/').at(-1) ?? ''
    requireNew(call.state, groupNamed(call.state, volume.group), name)
    const before = volume.name
    await removeDevice(call.host, devicePath(volume))
    volume.name = name
    if (volume.kind !== 'thin-pool') await makeDevice(call.host, devicePath(volume), volume.bytes)
    return said(call, `Renamed "${before}" to "${name}" in volume group "${volume.group}"`)
  },
}

export const lvchange: Command<Lvm> = {
  options: {
    ...common,
    '-a --activate': 'value',
    '-p --permission': 'value',
    '-k --setactivationskip': 'value',
    '-K --ignoreactivationskip': 'flag',
    '--refresh': 'flag',
  },
  run: ({ state, options, operands }) => {
    for (const volume of operands.flatMap((text) => namedVolumes(state, text))) {
      const [active, permission] = [options.text('a'), options.text('p')]
      if (active !== undefined) volume.active = !active.includes('n')
      if (permission !== undefined) volume.isReadOnly = permission === 'r'
      volume.tags = [...volume.tags, ...options.texts('addtag')].filter(
        (tag) => !options.texts('deltag').includes(tag),
      )
    }
    return {}
  },
}
