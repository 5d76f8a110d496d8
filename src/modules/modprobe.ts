import fileContent, { type FileContent } from '#facts/file-content.ts'
import kernelModules, { type KernelModuleState, kernelName } from '#facts/kernel-modules.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { inOrder, sh } from '#sdk/quote.ts'

const args = t.Args({
  name: t.String({
    description: 'The kernel module: `br_netfilter`.',
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]*$',
  }),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the module is loaded.', default: 'present' }),
  ),
  params: t.Optional(t.String({ description: 'Parameters of the module: `numdummies=2`.', default: '' })),
  persistent: t.Optional(
    t.Choice(['disabled', 'absent', 'present'], {
      description:
        'Whether it is loaded at boot, by a file of its own in /etc/modules-load.d; `disabled` leaves that as it is.',
      default: 'disabled',
    }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly module: KernelModuleState
  /** What is loaded at boot: one name in a file of its own. */
  readonly load: FileContent
  readonly options: FileContent
}

export default defineModule({
  summary: 'Loads and unloads kernel modules.',
  description: 'Modules that are built into the kernel count as loaded and cannot be unloaded.',
  args,
  examples: [
    { title: 'Load a module now and at boot', args: { name: 'br_netfilter', persistent: 'present' } },
    { title: 'Unload a module', args: { name: 'pcspkr', state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    const [module, load, options] = await Promise.all([
      host.fact(kernelModules, args.name),
      host.fact(fileContent, loadPath(args)),
      host.fact(fileContent, optionsPath(args)),
    ])
    return { module, load, options }
  },

  plan({ args, state }): readonly Change[] {
    const isLoaded = state.module !== 'absent'
    if (args.state === 'absent' && state.module === 'builtin') {
      throw new TaskFailure(`The module ${args.name} is part of the kernel and cannot be unloaded.`)
    }
    const wanted = args.state !== 'absent'
    return [
      ...(isLoaded === wanted
        ? []
        : [{ field: 'state', before: state.module, after: wanted ? 'loaded' : 'absent' }]),
      ...files(args, state).flatMap(({ present, after }) => fileChange(present, after)),
    ]
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    const [load, ...words] = args.state === 'absent' ? ['-r', args.name] : [args.name, ...paramWords(args)]
    const missing = files(args, state).filter(
      ({ present, after }) => fields.has(present.path) && after === undefined,
    )
    const written = files(args, state).filter(
      ({ present, after }) => fields.has(present.path) && after !== undefined,
    )
    await host.run(
      inOrder([
        sh`:`,
        ...(fields.has('state') ? [sh`modprobe ${[load ?? '', ...words]}`] : []),
        ...(missing.length > 0 ? [sh`rm -f ${missing.map(({ present }) => present.path)}`] : []),
        ...(written.length > 0 ? [sh`mkdir -p /etc/modules-load.d /etc/modprobe.d`] : []),
      ]),
    )
    await Promise.all(
      written.map(({ present, after = '' }) =>
        host.write({ path: present.path, content: after, mode: present.exists ? present.mode : 0o644 }),
      ),
    )
  },

  touches: ({ args }) => [
    { kind: 'kernel-module', name: kernelName(args.name) },
    { kind: 'kernel-module' },
    { kind: 'sysctl' },
    { kind: 'path', name: loadPath(args) },
    { kind: 'path', name: optionsPath(args) },
  ],
})

const loadPath = ({ name }: Args): string => `/etc/modules-load.d/${name}.conf`
const optionsPath = ({ name }: Args): string => `/etc/modprobe.d/${name}.conf`

const paramWords = ({ params = '' }: Args): readonly string[] =>
  params.split(/\s+/).filter((word) => word !== '')

interface Kept {
  readonly present: FileContent
  /** Undefined: no file. */
  readonly after: string | undefined
}

/** Parameters given are kept as well; without them, options that somebody else keeps stay as they are. */
function files(args: Args, { load, options }: State): readonly Kept[] {
  const { persistent = 'disabled', name, params = '' } = args
  if (persistent === 'disabled') return []
  const words = paramWords(args).join(' ')
  const option = {
    present: options,
    after: persistent === 'present' ? `options ${name} ${words}\n` : undefined,
  }
  return [
    { present: load, after: persistent === 'present' ? `${name}\n` : undefined },
    ...(params.trim() === '' ? [] : [option]),
  ]
}

function fileChange({ path, text, exists }: FileContent, after: string | undefined): readonly Change[] {
  if (text === after && exists === (after !== undefined)) return []
  const shown = (content: string | undefined): string => content?.trim() ?? 'absent'
  return [{ field: path, before: shown(text), after: shown(after), diff: { path, before: text, after } }]
}
