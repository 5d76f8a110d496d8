import fileContent, { type FileContent } from '#facts/file-content.ts'
import sysctlValue, { sysctlPath } from '#facts/sysctl-value.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'
import { removeSetting, setSetting, settingOf } from '#sdk/sysctl-text.ts'

const args = t.Args({
  name: t.String({
    description: 'The setting: `net.ipv4.ip_forward`.',
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_./@:-]*$',
  }),
  value: t.Optional(t.String({ description: 'Its value.' })),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the file sets it.', default: 'present' }),
  ),
  sysctl_file: t.Optional(
    t.Path({ description: 'The file that keeps the setting.', default: '/etc/sysctl.conf' }),
  ),
  sysctl_set: t.Optional(
    t.Boolean({ description: 'Set the live value, too, wherever it differs.', default: false }),
  ),
  reload: t.Optional(
    t.Boolean({ description: 'After a change of the file, set what the file says.', default: true }),
  ),
  ignoreerrors: t.Optional(
    t.Boolean({ description: 'Pass over settings that the kernel does not have.', default: false }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly file: FileContent
  readonly live: string | undefined
}

export default defineModule({
  summary: 'Sets kernel parameters, in a file and live.',
  description:
    '`absent` removes the line; the live value stays until the next boot, as the kernel keeps no default.',
  args,
  argumentAliases: { key: 'name', val: 'value' },
  examples: [
    {
      title: 'Forward packets',
      args: {
        name: 'net.ipv4.ip_forward',
        value: '1',
        sysctl_set: true,
        sysctl_file: '/etc/sysctl.d/90-router.conf',
      },
    },
    { title: 'No longer set it', args: { name: 'vm.swappiness', state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    const [file, live] = await Promise.all([
      host.fact(fileContent, fileOf(args)),
      host.fact(sysctlValue, args.name),
    ])
    return { file, live }
  },

  plan: ({ args, state }): readonly Change[] => [
    ...fileChange(args, state.file),
    ...liveChange(args, state.live),
  ],

  async apply({ args, state: { file }, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    if (fields.has('value')) {
      const content = wantedText(args, file.text ?? '')
      await host.write({ path: file.path, content, mode: file.exists ? file.mode : 0o644 })
    }
    const ignore = args.ignoreerrors ? ['-e'] : []
    // `-p` goes through the whole file, as Ansible's reload does, so lines above keep their say.
    if (fields.has('value') && args.reload !== false)
      await host.run(sh`sysctl -q ${ignore} -p ${file.path} >/dev/null`)
    if (fields.has('live')) await host.run(sh`sysctl -q ${ignore} -w ${`${args.name}=${args.value ?? ''}`}`)
  },

  touches: ({ args, state }) => [
    { kind: 'path', name: state.file.path },
    { kind: 'path', name: sysctlPath(args.name) },
    { kind: 'sysctl' },
  ],
})

const fileOf = ({ sysctl_file = '/etc/sysctl.conf' }: Args): string => sysctl_file

function fileChange(args: Args, { path, text: before = '', exists }: FileContent): readonly Change[] {
  const after = wantedText(args, before)
  if (after === before) return []
  const diff = { path, before: exists ? before : undefined, after }
  const wanted = args.state === 'absent' ? 'absent' : args.value
  return [{ field: 'value', before: settingOf(before, args.name) ?? 'absent', after: wanted, diff }]
}

function liveChange(args: Args, live: string | undefined): readonly Change[] {
  if (!args.sysctl_set || args.state === 'absent') return []
  const wanted = normalized(args.value ?? '')
  if (live !== undefined) return live === wanted ? [] : [{ field: 'live', before: live, after: wanted }]
  if (args.ignoreerrors) return []
  throw new TaskFailure(`The kernel has no setting ${args.name}.`)
}

const normalized = (value: string): string => value.trim().replaceAll(/\s+/g, ' ')

function wantedText(args: Args, text: string): string {
  if (args.state === 'absent') return removeSetting(text, args.name)
  if (args.value === undefined || args.value.trim() === '') throw new TaskFailure('`value` is missing.')
  return setSetting(text, args.name, args.value.trim())
}
