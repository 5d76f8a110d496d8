import zfsDataset, { type ZfsDataset } from '#facts/zfs-dataset.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { byteSizePattern, bytesOf, byteText } from '#sdk/byte-size.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { inOrder, type Script, sh } from '#sdk/quote.ts'
import { sameZfsValue, zfsValue } from '#sdk/zfs-property.ts'

const args = t.Args({
  name: t.String({
    description: 'The dataset, with its pool: `tank-vmstore/backups`.',
    pattern: '^[A-Za-z][A-Za-z0-9_.:-]*(/[A-Za-z0-9_.: -]+)*$',
  }),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: '`absent` destroys the dataset, and needs `allow_destroy`.',
      default: 'present',
    }),
  ),
  volsize: t.Optional(
    t.String({
      description: 'Makes it a volume of this size: `32G`. It can grow, not shrink.',
      pattern: byteSizePattern,
    }),
  ),
  properties: t.Optional(
    t.Map(t.Scalar({ description: 'Value of the property.' }), {
      description:
        '`{ compression: lz4, atime: false }`; `inherit` takes a local value back. What is not named stays.',
    }),
  ),
  parents: t.Optional(
    t.Boolean({ description: 'Make missing datasets above it (`zfs create -p`).', default: false }),
  ),
  allow_destroy: t.Optional(
    t.Boolean({
      description: 'Allow `state: absent` to destroy the dataset; one that has children or snapshots stays.',
      default: false,
    }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Makes ZFS file systems and volumes and keeps their properties.',
  description: `Sizes are compared in bytes: \`1M\` is \`1048576\`. Properties that are fixed at creation (\`volblocksize\`,
\`casesensitivity\`, \`encryption\` …) are compared, and a difference is reported, never mended. \`compression\`,
\`recordsize\` and the like hold for data written from then on. Volumes and datasets of Proxmox's guests
(\`vm-100-disk-0\`) belong to Proxmox and are refused. Nothing is destroyed recursively.`,
  args,
  examples: [
    {
      title: 'A dataset for backups',
      args: { name: 'tank-vmstore/backups', properties: { recordsize: '1M', quota: '100G', atime: false } },
    },
    {
      title: 'Inherit what was set by hand',
      args: { name: 'tank/data', properties: { compression: 'inherit' } },
    },
  ],

  probe: ({ args, host }) => host.fact(zfsDataset, args.name),

  plan({ args, state, mode }): readonly Change[] {
    if (state.unsupported && mode === 'apply' && args.state !== 'absent') {
      throw new TaskFailure('The host has no ZFS; install zfsutils-linux first.')
    }
    if (guestVolume.test(args.name)) {
      throw new TaskFailure(`${args.name} belongs to a guest of Proxmox, which is the one to change it.`)
    }
    if (args.state === 'absent') return removal(args, state)
    if (!state.exists) return creation(args, state)
    return [...sizeChange(args, state), ...propertyChanges(args, state)]
  },

  async apply({ args, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    if (fields.has('state')) {
      await host.run(args.state === 'absent' ? sh`zfs destroy ${args.name}` : createScript(args))
      return
    }
    const wanted = Object.entries(args.properties ?? {}).filter(([name]) => fields.has(name))
    await host.run(
      inOrder([
        ...(fields.has('volsize') ? [sh`zfs set ${`volsize=${args.volsize}`} ${args.name}`] : []),
        ...wanted.map(([name, to]) => propertyScript(args.name, name, zfsValue(to))),
      ]),
    )
  },

  result({ args, state, changes }) {
    const drift = state.exists ? fixedDrift(args, state) : []
    const later = changes.map(({ field }) => field).filter((field) => forNewData.has(field))
    return {
      data: { name: args.name, drift },
      ...(state.exists && later.length > 0
        ? { msg: `${later.join(', ')}: holds for new data; what is written already stays as it is.` }
        : {}),
      warnings: drift.map((one) => `${one} tsplay does not change that.`),
    }
  },

  touches: ({ args }) => [{ kind: 'storage' }, { kind: 'mount' }, { kind: 'path', name: `/${args.name}` }],
})

/** Names that Proxmox gives to disks: see ZFSPoolPlugin.pm. */
const guestVolume = /(^|\/)(vm|base|subvol|basevol)-\d+-[^/]+$/

/** PROP_ONETIME in OpenZFS's zfs_prop.c. */
const onlyAtCreation: ReadonlySet<string> = new Set([
  'casesensitivity',
  'encryption',
  'keyformat',
  'normalization',
  'pbkdf2iters',
  'utf8only',
  'volblocksize',
])

const forNewData: ReadonlySet<string> = new Set([
  'checksum',
  'compression',
  'copies',
  'dedup',
  'recordsize',
  'special_small_blocks',
])

function removal(args: Args, state: ZfsDataset): readonly Change[] {
  if (!state.exists) return []
  if (!args.allow_destroy) {
    throw new TaskFailure(
      `${args.name} exists. Destroying it loses what is in it: say \`allow_destroy: true\` if that is meant.`,
    )
  }
  if (state.children.length > 0) {
    throw new TaskFailure(
      `${args.name} is not destroyed while there is something below it: ${state.children.slice(0, 5).join(', ')}.`,
    )
  }
  return [{ field: 'state', before: 'present', after: 'absent' }]
}

function creation(args: Args, state: ZfsDataset): readonly Change[] {
  const pool = args.name.split('/')[0] ?? ''
  if (!state.unsupported && !state.pools.includes(pool)) {
    const others = state.pools.length === 0 ? 'has none' : `has ${state.pools.join(', ')}`
    throw new TaskFailure(
      `There is no pool ${pool}; the host ${others}. Correct the name, or make the pool first.`,
    )
  }
  return [{ field: 'state', before: 'absent', after: args.volsize === undefined ? 'filesystem' : 'volume' }]
}

function sizeChange({ name, volsize }: Args, state: ZfsDataset): readonly Change[] {
  if (volsize === undefined) return []
  const present = state.properties.get('volsize')?.value
  if (present === undefined || present === '-') {
    throw new TaskFailure(`${name} is a file system, not a volume; \`volsize\` does not fit it.`)
  }
  const [before, after] = [Number(present), bytesOf(volsize) ?? 0]
  if (after < before) {
    throw new TaskFailure(
      `${name} has ${byteText(before)}; making it ${byteText(after)} would cut off data, which tsplay does not do.`,
    )
  }
  return before === after ? [] : [{ field: 'volsize', before, after }]
}

function propertyChanges({ properties = {} }: Args, state: ZfsDataset): readonly Change[] {
  return Object.entries(properties)
    .filter(([name]) => !onlyAtCreation.has(name))
    .flatMap(([name, to]) => propertyChange(state, name, zfsValue(to)))
}

function propertyChange(state: ZfsDataset, name: string, after: string): readonly Change[] {
  const present = state.properties.get(name)
  if (after === 'inherit') {
    const isOwn = present?.source === 'local' || present?.source === 'received'
    return isOwn ? [{ field: name, before: present.value, after: 'inherited' }] : []
  }
  // A user property that nobody has set is not listed.
  if (present === undefined && !name.includes(':')) {
    throw new TaskFailure(`${state.name} has no property "${name}".`)
  }
  const same = present !== undefined && sameZfsValue(present.value, after)
  return same ? [] : [{ field: name, before: present?.value, after }]
}

function fixedDrift({ properties = {} }: Args, state: ZfsDataset): readonly string[] {
  return Object.entries(properties).flatMap(([name, to]) => {
    const present = state.properties.get(name)?.value
    return !onlyAtCreation.has(name) || present === undefined || sameZfsValue(present, zfsValue(to))
      ? []
      : [`${state.name} has ${name}=${present}, not ${zfsValue(to)}, which is fixed when it is made.`]
  })
}

function createScript({ name, volsize, properties = {}, parents }: Args): Script {
  const options = Object.entries(properties)
    .filter(([, to]) => to !== 'inherit')
    .flatMap(([key, to]) => ['-o', `${key}=${zfsValue(to)}`])
  const words = [...(parents ? ['-p'] : []), ...(volsize === undefined ? [] : ['-V', volsize]), ...options]
  return sh`zfs create ${words} ${name}`
}

const propertyScript = (dataset: string, name: string, to: string): Script =>
  to === 'inherit' ? sh`zfs inherit ${name} ${dataset}` : sh`zfs set ${`${name}=${to}`} ${dataset}`
