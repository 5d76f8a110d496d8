import lvm, { type LogicalVolume, type Lvm, type VolumeGroup } from '#facts/lvm.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { bytesOf, byteText } from '#sdk/byte-size.ts'
import { given } from '#sdk/given.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { type Script, sh } from '#sdk/quote.ts'

const name = '^[A-Za-z0-9_+.][A-Za-z0-9_+.-]*$'

const args = t.Args({
  vg: t.String({ description: 'The volume group.', pattern: name }),
  lv: t.String({ description: 'The logical volume.', pattern: name }),
  type: t.Optional(
    t.Choice(['linear', 'thin_pool', 'thin'], {
      description: '`thin` takes its room from a thin pool when it is written to.',
      default: 'linear',
    }),
  ),
  thinpool: t.Optional(t.String({ description: 'The thin pool of a `thin` volume.', pattern: name })),
  size: t.Optional(
    t.String({
      description: '`10G`; or `80%VG`, `100%FREE` of the group when it is made. It can grow.',
      pattern: '^(\\d+%(VG|FREE)|\\d+(\\.\\d+)?[BbKkMmGgTtPp]?)$',
    }),
  ),
  poolmetadatasize: t.Optional(
    t.String({ description: 'Room for the metadata of a thin pool, when it is made.' }),
  ),
  opts: t.Optional(t.Strings({ description: 'Further options of lvcreate: `["-Zn"]`.' })),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: '`absent` removes the volume, and needs `allow_destroy`.',
      default: 'present',
    }),
  ),
  resizefs: t.Optional(t.Boolean({ description: 'Let the file system on it grow as well.', default: false })),
  allow_shrink: t.Optional(
    t.Boolean({ description: 'Allow a smaller `size`, which can cut off data.', default: false }),
  ),
  allow_destroy: t.Optional(
    t.Boolean({ description: 'Allow `state: absent` to remove the volume.', default: false }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Makes LVM logical volumes and thin pools, and lets them grow.',
  description: `A size is rounded up to whole extents, as LVM does. \`%FREE\` says how large to make a volume, not how large it
shall be ever after.`,
  args,
  examples: [
    { title: 'A thin pool for guests', args: { vg: 'pve', lv: 'data', type: 'thin_pool', size: '348G' } },
    { title: 'A plain volume', args: { vg: 'data', lv: 'logs', size: '10G', resizefs: true } },
  ],

  probe: ({ host }) => host.fact(lvm),

  plan({ args, state, mode }): readonly Change[] {
    if (state.unsupported && mode === 'apply' && args.state !== 'absent')
      throw new TaskFailure('The host has no LVM; install lvm2 first.')
    const volume = find(args, state)
    if (args.state === 'absent') return volume ? removal(args) : []
    if (volume) return growth(args, state, volume)
    // In check mode, LVM may be among the things that would be installed first.
    if (!state.unsupported) checkPlace(args, groupOf(args, state), state)
    return [{ field: 'state', before: 'absent', after: args.size ?? 'present' }]
  },

  async apply({ args, state, changes, host }) {
    const path = `${args.vg}/${args.lv}`
    if (args.state === 'absent') {
      await host.run(sh`lvremove -qq -y ${path}`)
      return
    }
    const isNew = changes.some(({ field }) => field === 'state')
    await host.run(isNew ? createScript(args) : resizeScript(args, find(args, state)))
  },

  result({ args, state }) {
    const volume = find(args, state)
    const full = volume?.kind === 'thin-pool' && Math.max(volume.dataUsed, volume.metadataUsed) > 85
    return {
      data: { path: `/dev/${args.vg}/${args.lv}`, ...given({ size: volume?.size }) },
      warnings: full
        ? [
            `The thin pool ${args.lv} is nearly full: ${volume.dataUsed} % data, ${volume.metadataUsed} % metadata.`,
          ]
        : [],
    }
  },

  touches: ({ args }) => [
    { kind: 'storage' },
    { kind: 'mount' },
    { kind: 'path', name: `/dev/${args.vg}/${args.lv}` },
  ],
})

const find = ({ vg, lv }: Args, { volumes }: Lvm): LogicalVolume | undefined =>
  volumes.find((volume) => volume.group === vg && volume.name === lv)

function groupOf({ vg }: Args, { groups }: Lvm): VolumeGroup {
  const group = groups.find((one) => one.name === vg)
  if (group) return group
  const others = groups.map((one) => one.name).join(', ') || 'none'
  throw new TaskFailure(`There is no volume group ${vg}; the host has ${others}.`)
}

function checkPlace(args: Args, group: VolumeGroup, { volumes }: Lvm): void {
  if (args.size === undefined)
    throw new TaskFailure(`${args.vg}/${args.lv} does not exist; \`size\` says how large to make it.`)
  if (args.type === 'thin') {
    const pool = volumes.find((volume) => volume.group === args.vg && volume.name === args.thinpool)
    if (pool?.kind === 'thin-pool') return
    throw new TaskFailure(
      `A \`thin\` volume needs its \`thinpool\`; ${args.vg} has no thin pool ${args.thinpool ?? 'that is named'}.`,
    )
  }
  const bytes = wantedBytes(args, group)
  if (bytes !== undefined && bytes > group.free) {
    throw new TaskFailure(
      `${args.vg}/${args.lv} needs ${byteText(bytes)}, but ${args.vg} has only ${byteText(group.free)} left.`,
    )
  }
}

/** Undefined: the size has no meaning for a volume that exists. */
function wantedBytes({ size = '', type }: Args, group: VolumeGroup): number | undefined {
  const [, percent] = /^(\d+)%VG$/.exec(size) ?? []
  if (size.endsWith('%FREE')) return undefined
  const bytes = percent === undefined ? (bytesOf(withUnit(size)) ?? 0) : (group.size * Number(percent)) / 100
  const extents = bytes / group.extentSize
  const whole = percent === undefined || type === 'thin' ? Math.ceil(extents) : Math.floor(extents)
  return whole * group.extentSize
}

/** Without a unit LVM means megabytes. */
const withUnit = (size: string): string => (/\d$/.test(size) ? `${size}M` : size)

const kinds = { linear: 'other', thin_pool: 'thin-pool', thin: 'thin' } as const

function growth(args: Args, state: Lvm, volume: LogicalVolume): readonly Change[] {
  const path = `${args.vg}/${args.lv}`
  if (volume.kind !== kinds[args.type ?? 'linear']) {
    const kind = volume.kind === 'other' ? 'a plain volume' : `a ${volume.kind}`
    throw new TaskFailure(`${path} exists and is ${kind}; tsplay does not make another kind of it.`)
  }
  const group = groupOf(args, state)
  const after = args.size === undefined ? undefined : wantedBytes(args, group)
  if (after === undefined || after === volume.size) return []
  if (after < volume.size && !args.allow_shrink) {
    throw new TaskFailure(
      `${path} has ${byteText(volume.size)}; ${byteText(after)} could cut off data: say \`allow_shrink: true\` if that is meant.`,
    )
  }
  const more = volume.kind === 'thin' ? 0 : after - volume.size
  if (more > group.free) {
    throw new TaskFailure(
      `${path} would grow by ${byteText(more)}, but ${args.vg} has only ${byteText(group.free)} left.`,
    )
  }
  return [{ field: 'size', before: volume.size, after }]
}

function removal({ vg, lv, allow_destroy: allowed }: Args): readonly Change[] {
  if (allowed) return [{ field: 'state', before: 'present', after: 'absent' }]
  throw new TaskFailure(
    `${vg}/${lv} exists. Removing it loses what is on it: say \`allow_destroy: true\` if that is meant.`,
  )
}

function createScript({ vg, lv, type, size = '', thinpool, poolmetadatasize, opts = [] }: Args): Script {
  const amount = size.includes('%') ? ['-l', size] : ['-L', withUnit(size)]
  if (type === 'thin')
    return sh`lvcreate -qq -y ${opts} -V ${withUnit(size)} -T ${`${vg}/${thinpool}`} -n ${lv}`
  const kind = type === 'thin_pool' ? ['--type', 'thin-pool'] : []
  const metadata = poolmetadatasize === undefined ? [] : ['--poolmetadatasize', poolmetadatasize]
  return sh`lvcreate -qq -y ${opts} ${kind} ${amount} ${metadata} -n ${lv} ${vg}`
}

function resizeScript(
  { vg, lv, size = '', resizefs, allow_shrink: shrinks }: Args,
  volume?: LogicalVolume,
): Script {
  const amount = size.includes('%') ? ['-l', size] : ['-L', withUnit(size)]
  const options = resizefs && volume?.kind !== 'thin-pool' ? ['-r'] : []
  return shrinks
    ? sh`lvresize -qq -y ${options} ${amount} ${`${vg}/${lv}`}`
    : sh`lvextend -qq ${options} ${amount} ${`${vg}/${lv}`}`
}
