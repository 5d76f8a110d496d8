import fileContent, { type FileContent } from '#facts/file-content.ts'
import mountSource from '#facts/mount-source.ts'
import mountTable from '#facts/mount-table.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { type FstabPlace, fstabEntry, removeFstabEntry, setFstabEntry } from '#sdk/fstab-text.ts'
import { given } from '#sdk/given.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { mountScript } from '#sdk/mount-script.ts'
import type { MountEntry } from '#sdk/mount-table.ts'

const args = t.Args({
  path: t.Path({ description: 'The mount point; `none` for swap.' }),
  src: t.Optional(t.String({ description: 'What is mounted: a device, `UUID=…`, `host:/export`.' })),
  fstype: t.Optional(t.String({ description: 'Type of the file system.' })),
  opts: t.Optional(t.String({ description: 'Mount options. Default: `defaults`.' })),
  dump: t.Optional(t.String({ description: 'Fifth field of fstab.', default: '0' })),
  passno: t.Optional(t.String({ description: 'Sixth field of fstab.', default: '0' })),
  state: t.Choice(
    ['mounted', 'present', 'unmounted', 'absent', 'remounted', 'absent_from_fstab', 'ephemeral'],
    {
      description:
        '`mounted`: in fstab and mounted; `present`: in fstab; `unmounted`: not mounted, fstab stays; `absent`: neither, ' +
        'and no mount point; `remounted`: mounted anew, each time; `absent_from_fstab`: not in fstab; `ephemeral`: mounted, not in fstab.',
    },
  ),
  boot: t.Optional(t.Boolean({ description: 'Mount it at boot.', default: true })),
  fstab: t.Optional(t.Path({ description: 'The table.', default: '/etc/fstab' })),
  backup: t.Optional(t.Boolean({ description: 'Keep the old table beside the new one.', default: false })),
})

type Args = Static<typeof args>

interface State {
  readonly fstab: FileContent
  /** What is mounted there now. */
  readonly live: MountEntry | undefined
  /** The source, with links, UUIDs and labels resolved; empty when it means no device. */
  readonly device: string
  /** The live source, resolved likewise. */
  readonly liveDevice: string
}

export default defineModule({
  summary: 'Mounts file systems, now and at boot.',
  args,
  argumentAliases: { name: 'path' },
  examples: [
    {
      title: 'A data disk',
      args: { path: '/srv/data', src: 'UUID=b3e48f45', fstype: 'ext4', opts: 'noatime', state: 'mounted' },
    },
    { title: 'Unmount for good', args: { path: '/mnt/old', state: 'absent' } },
  ],
  settles: ({ state }) => state !== 'remounted',

  async probe({ args, host }): Promise<State> {
    const [fstab, table, device] = await Promise.all([
      host.fact(fileContent, args.fstab ?? '/etc/fstab'),
      host.fact(mountTable),
      args.src === undefined ? '' : host.fact(mountSource, args.src),
    ])
    const live = table.findLast(({ path }) => path === withoutSlash(args.path))
    const liveDevice = live?.source.startsWith('/dev/')
      ? await host.fact(mountSource, live.source)
      : (live?.source ?? '')
    return { fstab, live, device, liveDevice }
  },

  plan({ args, state }): readonly Change[] {
    const text = state.fstab.text ?? ''
    const after = wantedTable(args, text)
    const fstab = after === text ? [] : [tableChange(args, state.fstab, after)]
    return [...fstab, ...liveChange(args, state, fstab.length > 0)]
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    const { fstab } = state
    const written = fields.has('fstab')
      ? await host.write({
          path: fstab.path,
          content: wantedTable(args, fstab.text ?? ''),
          mode: fstab.exists ? fstab.mode : 0o644,
          backup: args.backup ?? false,
        })
      : {}
    await host.run(
      mountScript({
        state: args.state,
        path: args.path,
        fstab: fstab.path,
        entry: args.state === 'ephemeral' ? entryOf(args) : undefined,
        isMounted: state.live !== undefined,
        acts: fields.has('mount'),
        sameSource: isSameSource(args, state),
        tableChanged: fields.has('fstab'),
      }),
    )
    return written
  },

  result({ args, applied }) {
    const { path: name, src, fstype, opts, dump, passno } = args
    return { data: given({ name, src, fstype, opts, dump, passno, backup_file: applied?.backup }) }
  },

  touches: ({ args, state }) => [
    { kind: 'mount' },
    { kind: 'path', name: args.path },
    { kind: 'path', name: state.fstab.path },
    { kind: 'unit' },
  ],
})

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '')

const placeOf = ({ path, src }: Args): FstabPlace => ({ path, ...given({ source: src }) })

function entryOf(args: Args): MountEntry {
  const { path, src, fstype, opts = 'defaults', dump = '0', passno: pass = '0' } = args
  if (src === undefined || fstype === undefined) {
    throw new TaskFailure(
      `\`${src === undefined ? 'src' : 'fstype'}\` is missing: it belongs to the state ${args.state}.`,
    )
  }
  const automatic = args.boot !== false || opts.split(',').includes('noauto')
  return { source: src, path, fstype, options: automatic ? opts : `${opts},noauto`, dump, pass }
}

function wantedTable(args: Args, text: string): string {
  if (args.state === 'mounted' || args.state === 'present')
    return setFstabEntry(text, entryOf(args), placeOf(args))
  if (args.state === 'absent' || args.state === 'absent_from_fstab')
    return removeFstabEntry(text, placeOf(args))
  return text
}

function tableChange(args: Args, { path, text }: FileContent, after: string): Change {
  const shown = (content: string): string => {
    const entry = fstabEntry(content, placeOf(args))
    return entry ? `${entry.source} ${entry.fstype} ${entry.options}` : 'absent'
  }
  return {
    field: 'fstab',
    before: shown(text ?? ''),
    after: shown(after),
    diff: { path, before: text, after },
  }
}

function liveChange(args: Args, state: State, tableChanged: boolean): readonly Change[] {
  const after = wantedMount(args, state, tableChanged)
  if (after === undefined) return []
  const { live } = state
  return [{ field: 'mount', before: live ? `${live.source} ${live.fstype}` : 'unmounted', after }]
}

/** What the mount shall be; undefined when it is that already. */
function wantedMount(args: Args, state: State, tableChanged: boolean): string | undefined {
  const { live } = state
  switch (args.state) {
    case 'unmounted':
    case 'absent':
      return live && 'unmounted'
    case 'remounted':
      if (!live) throw new TaskFailure(`Nothing is mounted on ${args.path}.`)
      return 'remounted'
    case 'ephemeral':
      return ephemeralMount(args, state)
    case 'mounted':
      if (args.fstype === 'swap' || (live && !tableChanged && isSameSource(args, state))) return undefined
      return `${args.src} ${args.fstype}`
    default:
      return undefined
  }
}

function ephemeralMount(args: Args, state: State): string | undefined {
  const { live } = state
  if (!live) return `${entryOf(args).source} ${args.fstype}`
  if (isSameSource(args, state)) return undefined
  throw new TaskFailure(`${live.source} is mounted on ${args.path}, which is not ${args.src}.`)
}

/** Bind mounts and file systems without a device do not show their source. */
function isSameSource({ opts = '', src = '' }: Args, { live, device, liveDevice }: State): boolean {
  if (!live || /(^|,)r?bind(,|$)/.test(opts)) return true
  if (device.startsWith('/dev/') && liveDevice.startsWith('/dev/')) return device === liveDevice
  return src.includes(':/') && live.source.includes(':/')
    ? withoutSlash(src) === withoutSlash(live.source)
    : true
}
