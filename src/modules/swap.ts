import fileContent, { type FileContent } from '#facts/file-content.ts'
import swapArea, { type SwapArea } from '#facts/swap-area.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { fstabEntry, removeFstabEntry, setFstabEntry } from '#sdk/fstab-text.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import type { MountEntry } from '#sdk/mount-table.ts'
import { inOrder, type Script, sh } from '#sdk/quote.ts'

const args = t.Args({
  path: t.Path({ description: 'The swap file or partition.' }),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the host swaps to it, now and after boot. A file that is absent is removed.',
      default: 'present',
    }),
  ),
  size: t.Optional(
    t.String({
      description: 'Size of a file: `2G`, `512M`, or bytes. Another size makes the file anew.',
      pattern: '^[1-9]\\d*([KMGT]i?B?)?$',
    }),
  ),
  priority: t.Optional(t.Integer({ description: 'Higher ones are used first.', minimum: 0, maximum: 32767 })),
  fstab: t.Optional(t.Path({ description: 'The table of mounts that keeps it.', default: '/etc/fstab' })),
})

type Args = Static<typeof args>

interface State {
  readonly area: SwapArea
  readonly fstab: FileContent
}

export default defineModule({
  summary: 'Swaps to a file or partition, now and after boot.',
  args,
  examples: [
    { title: 'A swap file', args: { path: '/swapfile', size: '2G' } },
    { title: 'No swap, as kubelet wants it', args: { path: '/swapfile', state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    const [area, fstab] = await Promise.all([
      host.fact(swapArea, args.path),
      host.fact(fileContent, args.fstab ?? '/etc/fstab'),
    ])
    return { area, fstab }
  },

  plan({ args, state: { area, fstab } }): readonly Change[] {
    const text = fstab.text ?? ''
    const after = wantedTable(args, text)
    const table = after === text ? [] : [tableChange(args, fstab, after)]
    return [...(args.state === 'absent' ? removal(area) : creation(args, area)), ...table]
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    await host.run(scriptFor(args, state.area, fields))
    if (!fields.has('fstab')) return
    const { path, text = '', exists, mode } = state.fstab
    await host.write({ path, content: wantedTable(args, text), mode: exists ? mode : 0o644 })
  },

  touches: ({ args, state }) => [
    { kind: 'mount' },
    { kind: 'path', name: args.path },
    { kind: 'path', name: state.fstab.path },
  ],
})

const powers = { K: 1, M: 2, G: 3, T: 4 } as const

/** Powers of 1024, as swapon shows them. */
function bytesOf(size: string): number {
  const [, digits, unit] = /^(\d+)([KMGT])?/.exec(size) ?? []
  const power = unit === 'K' || unit === 'M' || unit === 'G' || unit === 'T' ? powers[unit] : 0
  return Number(digits) * 1024 ** power
}

function removal(area: SwapArea): readonly Change[] {
  return [
    ...(area.active ? [{ field: 'active', before: true, after: false }] : []),
    ...(area.kind === 'file' ? [{ field: 'file', before: area.size, after: 'absent' }] : []),
  ]
}

function creation(args: Args, area: SwapArea): readonly Change[] {
  if (area.kind === 'other') throw new TaskFailure(`${args.path} is neither a file nor a block device.`)
  if (area.kind === 'absent' && args.size === undefined) {
    throw new TaskFailure(`${args.path} does not exist; \`size\` says how large to make it.`)
  }
  const size = args.size === undefined || area.kind === 'device' ? area.size : bytesOf(args.size)
  const file =
    size === area.size ? modeChange(area) : [{ field: 'file', before: area.size ?? 'absent', after: size }]
  return [...file, ...useChanges(args, area, size !== area.size || !area.formatted)]
}

function modeChange({ kind, mode }: SwapArea): readonly Change[] {
  return kind === 'file' && mode !== 0o600 ? [{ field: 'mode', before: modeText(mode), after: '0600' }] : []
}

function useChanges({ priority }: Args, area: SwapArea, formats: boolean): readonly Change[] {
  const { formatted, active } = area
  const prioritized = priority !== undefined && active && area.priority !== priority
  return [
    ...(formats ? [{ field: 'signature', before: formatted, after: true }] : []),
    ...(active && !formats ? [] : [{ field: 'active', before: active, after: true }]),
    ...(prioritized ? [{ field: 'priority', before: area.priority, after: priority }] : []),
  ]
}

const modeText = (mode: number): string => mode.toString(8).padStart(4, '0')

const placeOf = ({ path }: Args) => ({ path: 'none', source: path })

function wantedTable(args: Args, text: string): string {
  if (args.state === 'absent') return removeFstabEntry(text, placeOf(args))
  const present = fstabEntry(text, placeOf(args))
  const options = args.priority === undefined ? (present?.options ?? 'sw') : `sw,pri=${args.priority}`
  const entry: MountEntry = { source: args.path, path: 'none', fstype: 'swap', options, dump: '0', pass: '0' }
  return setFstabEntry(text, entry, placeOf(args))
}

function tableChange(args: Args, { path, text }: FileContent, after: string): Change {
  const shown = (content: string): string => fstabEntry(content, placeOf(args))?.options ?? 'absent'
  return {
    field: 'fstab',
    before: shown(text ?? ''),
    after: shown(after),
    diff: { path, before: text, after },
  }
}

function scriptFor(args: Args, area: SwapArea, fields: ReadonlySet<string>): Script {
  const { path } = args
  const uses = fields.has('active') || fields.has('priority')
  const rest = area.active && uses ? sh`swapoff ${path}` : sh`:`
  if (args.state === 'absent') return inOrder([rest, area.kind === 'file' ? sh`rm -f ${path}` : undefined])
  const priority = args.priority === undefined ? [] : ['-p', args.priority]
  const step = (field: string, script: Script): Script | undefined => (fields.has(field) ? script : undefined)
  return inOrder([
    rest,
    step('file', allocation(path, bytesOf(args.size ?? '0'))),
    step('mode', sh`chmod 600 ${path}`),
    step('signature', sh`mkswap ${path} >/dev/null`),
    uses ? sh`swapon ${priority} ${path}` : undefined,
  ])
}

/** Swap files may have no holes, and on btrfs no copies on write; a file that cannot be filled goes away. */
function allocation(path: string, bytes: number): Script {
  const megabytes = Math.ceil(bytes / 1024 ** 2)
  return sh`umask 077; rm -f ${path} && : >${path} && { chattr +C ${path} 2>/dev/null || :; } &&
{ fallocate -l ${bytes} ${path} 2>/dev/null ||
  { dd if=/dev/zero of=${path} bs=1048576 count=${megabytes} 2>/dev/null && truncate -s ${bytes} ${path}; } ||
  { rm -f ${path}; echo 'The file system has no room for the swap file.' >&2; exit 1; }; }`
}
