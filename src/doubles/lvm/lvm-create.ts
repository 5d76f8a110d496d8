import { type Answer, refuse } from '#doubles/answer.ts'
import { makeDevice } from '#doubles/devices.ts'
import type { Call, Command } from '#doubles/double.ts'
import { amountOf } from './lvm-amount.ts'
import { common, said } from './lvm-groups.ts'
import { parseSize, showSize } from './lvm-size.ts'
import { metadataBytes, requireNew, requireRoom, sizes } from './lvm-space.ts'
import {
  devicePath,
  failed,
  groupNamed,
  invalid,
  type LogicalVolume,
  type Lvm,
  uuidOf,
  type VolumeGroup,
  volumeNamed,
} from './lvm-state.ts'

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

/** `lvol0`, `lvol1`, … */
function freeName(state: Lvm, group: string): string {
  const taken = new Set(state.lvs.filter((volume) => volume.group === group).map(({ name }) => name))
  let number = 0
  while (taken.has(`lvol${number}`)) number++
  return `lvol${number}`
}
