import fileContent, { type FileContent } from '#facts/file-content.ts'
import kernelModuleParameter from '#facts/kernel-module-parameter.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { moduleOption, setModuleOption } from '#sdk/modprobe-options.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

const word = '^[A-Za-z0-9_-]+$'

const args = t.Args({
  module: t.String({ description: 'The kernel module: `zfs`.', pattern: word }),
  option: t.String({ description: 'Its option: `zfs_arc_max`.', pattern: word }),
  value: t.Optional(t.String({ description: 'Its value.', pattern: '^\\S+$' })),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the file sets it.', default: 'present' }),
  ),
  path: t.Optional(t.Path({ description: 'The file. Default: `/etc/modprobe.d/<module>.conf`.' })),
  live: t.Optional(t.Boolean({ description: 'Set it in a module that is loaded, too.', default: true })),
})

type Args = Static<typeof args>

interface State {
  readonly file: FileContent
  readonly live: string | undefined
}

export default defineModule({
  summary: 'Sets one option of a kernel module, for the next boot and live.',
  description: `Other options of the module stay, also on the same line. A module that is loaded at boot before the root file
system is mounted reads a copy of the file: run \`update-initramfs -u -k all\` after a change, from a handler.`,
  args,
  examples: [
    {
      title: 'Limit the cache of ZFS to 4 GiB',
      args: { module: 'zfs', option: 'zfs_arc_max', value: '4294967296' },
    },
    { title: 'No longer set it', args: { module: 'zfs', option: 'zfs_arc_max', state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    const [file, live] = await Promise.all([
      host.fact(fileContent, pathOf(args)),
      host.fact(kernelModuleParameter, `${args.module.replaceAll('-', '_')}/${args.option}`),
    ])
    return { file, live }
  },

  plan({ args, state: { file, live } }): readonly Change[] {
    const before = file.text ?? ''
    const after = wantedText(args, before)
    const diff = { path: file.path, before: file.exists ? before : undefined, after }
    const present = moduleOption(before, args.module, args.option) ?? 'absent'
    const wanted = args.state === 'absent' ? 'absent' : args.value
    const isLive = args.live === false || args.state === 'absent' || live === undefined || live === args.value
    return [
      ...(after === before ? [] : [{ field: 'option', before: present, after: wanted, diff }]),
      ...(isLive ? [] : [{ field: 'live', before: live, after: wanted }]),
    ]
  },

  async apply({ args, state: { file }, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    if (fields.has('option')) {
      const content = wantedText(args, file.text ?? '')
      await host.write({ path: file.path, content, mode: file.exists ? file.mode : 0o644 })
    }
    if (fields.has('live')) {
      const parameter = `/sys/module/${args.module.replaceAll('-', '_')}/parameters/${args.option}`
      await host.run(sh`printf %s ${args.value ?? ''} >${parameter}`)
    }
  },

  touches: ({ state }) => [{ kind: 'path', name: state.file.path }, { kind: 'kernel-module' }],
})

const pathOf = ({ module, path }: Args): string => path ?? `/etc/modprobe.d/${module}.conf`

function wantedText({ module, option, value, state }: Args, text: string): string {
  if (state !== 'absent' && value === undefined) throw new TaskFailure('`value` is missing.')
  return setModuleOption(text, module, option, state === 'absent' ? undefined : value)
}
