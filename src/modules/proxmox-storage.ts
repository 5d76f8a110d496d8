import proxmoxStorage, { type ProxmoxStorages } from '#facts/proxmox-storage.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, type Mode, TaskFailure } from '#sdk/module.ts'
import { hasProperties, parseProperties, propertiesText } from '#sdk/property-string.ts'
import { sh } from '#sdk/quote.ts'

const args = t.Args({
  storage: t.String({
    description: 'The name of the storage.',
    pattern: '^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$',
  }),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: '`absent` removes the definition; what lies on the storage stays.',
      default: 'present',
    }),
  ),
  type: t.Optional(
    t.Choice(['dir', 'zfspool', 'lvm', 'lvmthin', 'nfs', 'cifs', 'btrfs', 'pbs'], {
      description: 'What it is; needed to define it.',
    }),
  ),
  content: t.Optional(
    t.Strings({ description: '`[images, rootdir]`, `[backup]`, `[iso, vztmpl, snippets, import]`.' }),
  ),
  nodes: t.Optional(t.Strings({ description: 'The nodes that have it. Default: all.' })),
  disabled: t.Optional(t.Boolean({ description: 'Whether Proxmox leaves it alone.' })),
  prune_backups: t.Optional(
    t.Map(t.Integer({ description: 'How many.', minimum: 0 }), {
      description: 'What vzdump keeps here when a job says nothing: `{ keep-last: 1, keep-weekly: 4 }`.',
    }),
  ),
  options: t.Optional(
    t.Map(t.Scalar({ description: 'Its value.' }), {
      description:
        'Settings of the type: `{ pool: tank-vmstore, sparse: true }`, `{ path: /srv/backups, is_mountpoint: true }`.',
    }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Defines storages of Proxmox VE.',
  description: `\`path\`, \`pool\`, \`vgname\`, \`thinpool\` and the like are fixed once a storage is defined: a difference is reported,
and the definition stays. Lists have no order, and settings that Proxmox added by itself (\`mountpoint\` of a pool) stay.
The dataset of a \`zfspool\` and the thin pool of a \`lvmthin\` have to exist.`,
  args,
  examples: [
    {
      title: 'A pool for disks of guests',
      args: {
        storage: 'tank-vmstore',
        type: 'zfspool',
        content: ['images', 'rootdir'],
        options: { pool: 'tank-vmstore', sparse: true },
      },
    },
    {
      title: 'A folder for backups, on a disk of its own',
      args: {
        storage: 'backups',
        type: 'dir',
        content: ['backup'],
        prune_backups: { 'keep-last': 1, 'keep-weekly': 4, 'keep-monthly': 3 },
        options: { path: '/srv/pve-backups', is_mountpoint: true },
      },
    },
  ],

  probe: ({ host }) => host.fact(proxmoxStorage),

  plan({ args, state, mode }): readonly Change[] {
    checkAsked(args, state, mode)
    const present = state.storages.get(args.storage)
    if (args.state === 'absent')
      return present ? [{ field: 'state', before: 'present', after: 'absent' }] : []
    if (present) return differences(args, present)
    checkBacking(args, state)
    return [{ field: 'state', before: 'absent', after: args.type }]
  },

  async apply({ args, state, changes, host }) {
    if (args.state === 'absent') {
      await host.run(sh`pvesm remove ${args.storage}`)
      return
    }
    const present = state.storages.get(args.storage)
    const fields = new Set(changes.map(({ field }) => field))
    const wanted = present
      ? [...wantedSettings(args, present)].filter(([key]) => fields.has(key))
      : [...wantedSettings(args, new Map())]
    const options = wanted.flatMap(([key, { after }]) => [`--${key}`, after])
    if (!present) {
      await host.run(sh`pvesm add ${args.type ?? ''} ${args.storage} ${options}`)
      return
    }
    const digest = present.get('digest')
    await host.run(sh`pvesm set ${args.storage} ${digest ? ['--digest', digest] : []} ${options}`)
  },

  result({ args, state }) {
    const present = state.storages.get(args.storage)
    const drift = present && args.state !== 'absent' ? fixedDrift(args, present) : []
    return {
      data: { storage: args.storage, drift },
      warnings: drift.map((one) => `${one} tsplay does not define a storage anew.`),
    }
  },

  touches: () => [{ kind: 'proxmox' }],
})

function checkAsked({ state }: Args, { unsupported, error }: ProxmoxStorages, mode: Mode): void {
  if (unsupported && mode === 'apply' && state !== 'absent')
    throw new TaskFailure('The host has no Proxmox VE: there is no pvesh.')
  if (error !== '') throw new TaskFailure(`Proxmox does not say which storages there are: ${error}`)
}

/** `fixed => 1` in the plugins of pve-storage. */
const fixed: ReadonlySet<string> = new Set([
  'datastore',
  'export',
  'path',
  'pool',
  'server',
  'share',
  'thinpool',
  'vgname',
])

interface Wanted {
  readonly after: string
  readonly same: boolean
}

type Settings = ReadonlyMap<string, string>

function wantedSettings(args: Args, present: Settings): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  const addSet = (key: string, values: readonly string[] | undefined): void => {
    if (values)
      wanted.set(key, {
        after: values.join(','),
        same: sorted(values) === sorted(present.get(key)?.split(',')),
      })
  }
  addSet('content', args.content)
  addSet('nodes', args.nodes)
  if (args.disabled !== undefined) wanted.set('disable', setting(args.disabled, present.get('disable')))
  if (args.prune_backups)
    wanted.set('prune-backups', keeping(args.prune_backups, present.get('prune-backups')))
  for (const [key, value] of Object.entries(args.options ?? {}))
    wanted.set(key, setting(value, present.get(key)))
  return wanted
}

const sorted = (values: readonly string[] = []): string =>
  [...new Set(values.map((value) => value.trim()))].toSorted().join()

function setting(value: string | number | boolean, present: string | undefined): Wanted {
  const after = typeof value === 'boolean' ? String(Number(value)) : String(value)
  return { after, same: (present ?? (after === '0' ? '0' : undefined)) === after }
}

/** What is not named is not kept, so both must have the same parts. */
function keeping(wanted: Readonly<Record<string, number>>, present = ''): Wanted {
  const parts = new Map(Object.entries(wanted).map(([name, count]) => [name, String(count)]))
  const now = parseProperties(present, 'keep-all')
  return { after: propertiesText(parts, ''), same: hasProperties(now, parts) && hasProperties(parts, now) }
}

function differences(args: Args, present: Settings): readonly Change[] {
  const type = present.get('type')
  if (args.type !== undefined && type !== args.type) {
    throw new TaskFailure(
      `The storage ${args.storage} is of the type ${type}, not ${args.type}; give the new one another name.`,
    )
  }
  return [...wantedSettings(args, present)]
    .filter(([key, { same }]) => !same && !fixed.has(key))
    .map(([key, { after }]) => ({ field: key, before: present.get(key), after }))
}

function fixedDrift(args: Args, present: Settings): readonly string[] {
  return [...wantedSettings(args, present)]
    .filter(([key, { same }]) => !same && fixed.has(key))
    .map(([key, { after }]) => `The storage ${args.storage} has ${key} ${present.get(key)}, not ${after}.`)
}

function checkBacking({ storage, type, options = {} }: Args, { datasets, thinPools }: ProxmoxStorages): void {
  if (type === undefined) throw new TaskFailure(`\`type\` is missing: there is no storage ${storage} yet.`)
  const named = (list: readonly string[]): string => (list.length === 0 ? 'none' : list.join(', '))
  const pool = String(options['pool'] ?? '')
  if (type === 'zfspool' && datasets && !datasets.includes(pool)) {
    throw new TaskFailure(
      `There is no ZFS pool or dataset ${pool || '(`options.pool` is missing)'}; the host has ${named(datasets)}.`,
    )
  }
  const thin = `${options['vgname']}/${options['thinpool']}`
  if (type === 'lvmthin' && thinPools && !thinPools.includes(thin)) {
    throw new TaskFailure(`There is no thin pool ${thin}; the host has ${named(thinPools)}.`)
  }
}
