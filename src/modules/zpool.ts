import blockDevice, { type BlockDevice } from '#facts/block-device.ts'
import zpool, { type Zpool } from '#facts/zpool.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, type Mode, TaskFailure } from '#sdk/module.ts'
import { inOrder, sh } from '#sdk/quote.ts'
import { sameZfsValue, zfsValue } from '#sdk/zfs-property.ts'
import { createWords, layoutDrift, poolHealth } from '#sdk/zpool-layout.ts'

const vdev = t.Object(
  {
    type: t.Optional(
      t.Choice(['disk', 'mirror', 'raidz1', 'raidz2', 'raidz3'], {
        description: 'How the devices stand together; `disk`: each for itself.',
        default: 'disk',
      }),
    ),
    role: t.Optional(
      t.Choice(['data', 'log', 'cache', 'spare', 'special', 'dedup'], {
        description: 'What they are for.',
        default: 'data',
      }),
    ),
    devices: t.Strings({
      description: 'By names that hold the serial number: `/dev/disk/by-id/ata-…`; or files.',
      minItems: 1,
    }),
  },
  { description: 'Devices that belong together.' },
)

const args = t.Args({
  name: t.String({
    description: 'The pool.',
    pattern: '^(?!(mirror|raidz|draid|spare|log)\\d*$)[A-Za-z][A-Za-z0-9_.:-]*$',
  }),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: '`absent` destroys the pool with everything in it, and needs `allow_destroy`.',
      default: 'present',
    }),
  ),
  vdevs: t.Optional(
    t.List(vdev, { description: 'What to make the pool of. A pool that exists keeps its layout.' }),
  ),
  properties: t.Optional(
    t.Map(t.Scalar({ description: 'Value of the property.' }), {
      description: 'Properties of the pool: `{ autotrim: on }`.',
    }),
  ),
  filesystem_properties: t.Optional(
    t.Map(t.Scalar({ description: 'Value of the property.' }), {
      description: 'Properties of its root dataset when it is made; keep them with `zfs` afterwards.',
    }),
  ),
  allow_destroy: t.Optional(
    t.Boolean({ description: 'Allow `state: absent` to destroy the pool.', default: false }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly pool: Zpool
  readonly devices: readonly BlockDevice[]
}

export default defineModule({
  summary: 'Makes and imports ZFS pools and keeps their properties.',
  description: `A pool is made only of devices that are proven empty, and never with \`-f\`. The layout of a pool that exists
is compared and a difference reported; it is never changed. Neither are properties that are fixed at creation
(\`ashift\`), nor features: \`zpool upgrade\` is a decision of its own. The registered result has \`health\`: \`state\`, \`scan\`,
\`errors\` (the counters of all devices), \`capacity\`.`,
  args,
  examples: [
    {
      title: 'A pool on one disk',
      args: {
        name: 'tank-vmstore',
        vdevs: [{ devices: ['/dev/disk/by-id/ata-EXAMPLE_SERIAL1234'] }],
        properties: { ashift: 12, autotrim: true },
        filesystem_properties: { compression: 'lz4', mountpoint: '/tank-vmstore' },
      },
    },
    {
      title: 'Keep a property of a pool that somebody else made',
      args: { name: 'tank', properties: { autotrim: true } },
    },
  ],

  async probe({ args, host }): Promise<State> {
    const names = (args.vdevs ?? []).flatMap(({ devices }) => devices)
    const [pool, ...devices] = await Promise.all([
      host.fact(zpool, args.name),
      ...names.map((name) => host.fact(blockDevice, name)),
    ])
    return { pool, devices }
  },

  plan({ args, state, mode }): readonly Change[] {
    const { pool } = state
    if (pool.unsupported && mode === 'apply' && args.state !== 'absent') {
      throw new TaskFailure('The host has no ZFS; install zfsutils-linux first.')
    }
    if (args.state === 'absent') return removal(args, pool)
    if (pool.exists) return propertyChanges(args, pool)
    if (pool.importable) return [{ field: 'state', before: 'exported', after: 'imported' }]
    return creation(args, state, mode)
  },

  async apply({ args, changes, host }) {
    const [state] = changes.filter(({ field }) => field === 'state')
    if (state?.after === 'absent') {
      await host.run(sh`zpool destroy ${args.name}`)
      return
    }
    if (state?.after === 'present') {
      await host.run(sh`zpool create ${createWords(args)}`)
      return
    }
    const imported =
      state && sh`zpool import -d /dev/disk/by-id ${args.name} 2>/dev/null || zpool import ${args.name}`
    const wanted = Object.entries(args.properties ?? {}).filter(([name]) => !atCreation.has(name))
    const set = state ? wanted : wanted.filter(([name]) => changes.some(({ field }) => field === name))
    await host.run(
      inOrder([
        imported,
        ...set.map(([name, to]) => sh`zpool set ${`${name}=${zfsValue(to)}`} ${args.name}`),
      ]),
    )
  },

  result({ args, state: { pool, devices } }) {
    const drift = pool.exists
      ? [...layoutDrift(args.vdevs ?? [], pool, devices), ...fixedDrift(args, pool)]
      : []
    const health = poolHealth(pool)
    return {
      data: { name: args.name, health, drift },
      warnings: [
        ...drift.map((one) => `${one} tsplay does not change that.`),
        ...(pool.exists && health.state !== 'ONLINE' ? [`The pool ${args.name} is ${health.state}.`] : []),
        ...(health.errors > 0 ? [`The devices of ${args.name} counted ${health.errors} errors.`] : []),
      ],
    }
  },

  touches: () => [{ kind: 'storage' }, { kind: 'mount' }],
})

/** `zpool set ashift` would only change the default for devices added later: see zpoolprops(7). */
const atCreation: ReadonlySet<string> = new Set(['ashift', 'altroot', 'readonly'])

function propertyChanges({ properties = {} }: Args, pool: Zpool): readonly Change[] {
  return Object.entries(properties).flatMap(([name, wanted]) => {
    if (atCreation.has(name)) return []
    const before = pool.properties.get(name)?.value
    if (before === undefined) throw new TaskFailure(`The pool ${pool.name} has no property "${name}".`)
    const after = zfsValue(wanted)
    return sameZfsValue(before, after) ? [] : [{ field: name, before, after }]
  })
}

function fixedDrift({ properties = {} }: Args, pool: Zpool): readonly string[] {
  return Object.entries(properties).flatMap(([name, wanted]) => {
    const present = pool.properties.get(name)?.value
    const same = present === undefined || present === '0' || sameZfsValue(present, zfsValue(wanted))
    return !atCreation.has(name) || same
      ? []
      : [
          `The pool ${pool.name} has ${name}=${present}, not ${zfsValue(wanted)}, which is fixed when it is made.`,
        ]
  })
}

function removal(args: Args, pool: Zpool): readonly Change[] {
  if (!pool.exists) return []
  if (!args.allow_destroy) {
    throw new TaskFailure(
      `The pool ${args.name} exists. Destroying it loses everything in it: say \`allow_destroy: true\` if that is meant.`,
    )
  }
  return [{ field: 'state', before: 'present', after: 'absent' }]
}

function creation(args: Args, { pool, devices }: State, mode: Mode): readonly Change[] {
  if (!args.vdevs?.length) {
    if (pool.unsupported && mode === 'check') return [{ field: 'state', before: 'absent', after: 'present' }]
    const others = pool.others.length === 0 ? 'has none' : `has ${pool.others.join(', ')}`
    throw new TaskFailure(
      `There is no pool ${args.name}; the host ${others}. Correct the name, or say in \`vdevs\` what to make it of.`,
    )
  }
  for (const device of devices) checkEmpty(device)
  return [{ field: 'state', before: 'absent', after: 'present' }]
}

/** `/dev/sdb` may be another disk after the next boot; a file is always the same one. */
function checkEmpty({ path, kind, signatures, known }: BlockDevice): void {
  if (kind === 'absent') throw new TaskFailure(`The device ${path} does not exist.`)
  if (kind === 'other') throw new TaskFailure(`${path} is neither a block device nor a file.`)
  if (kind === 'block' && !path.startsWith('/dev/disk/by-')) {
    throw new TaskFailure(
      `${path} is a name that can mean another disk after a boot. Use the one with the serial number: ls -l /dev/disk/by-id`,
    )
  }
  if (!known) throw new TaskFailure(`Nothing on the host can tell what is on ${path}: wipefs failed.`)
  if (signatures.length > 0) {
    throw new TaskFailure(
      `${path} is not empty: it holds ${signatures.join(', ')}. tsplay makes pools of empty devices only.`,
    )
  }
}
