import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import { t } from '#sdk/args.ts'
import { pathWord } from '#sdk/host-path.ts'
import { defineModule } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

export default defineModule({
  summary: 'Makes a temporary file or folder that only its user can see.',
  description: 'Each call makes a new one (a file with 0600, a folder with 0700); remove it with `file`.',
  args: t.Args({
    state: t.Optional(t.Choice(['file', 'directory'], { description: 'What to make.', default: 'file' })),
    path: t.Optional(t.Path({ description: 'The folder it goes into. Default: `$TMPDIR`, or `/tmp`.' })),
    prefix: t.Optional(t.String({ description: 'How its name begins.', default: 'ansible.' })),
    suffix: t.Optional(t.String({ description: 'How its name ends.', default: '' })),
  }),
  argumentAliases: { dest: 'path' },
  examples: [
    { title: 'Make a folder', args: { state: 'directory', suffix: 'build' } },
    { title: 'Make a file elsewhere', args: { path: '/var/tmp', suffix: '.json' } },
  ],
  settles: false,

  probe: ({ controller }) => ({
    random: Array.from(controller.random(8), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  }),

  plan: (): readonly Change[] => [{ field: 'path', before: undefined, after: new Unknown('tempfile') }],

  async apply({ args, state, host }) {
    const { prefix = 'ansible.', suffix = '' } = args
    const name = `${prefix}${state.random}${suffix}`
    const folder = args.path === undefined ? sh`"\${TMPDIR:-/tmp}"` : pathWord(args.path)
    // Neither takes what is there already, so nobody can have put a link in the way.
    const make = args.state === 'directory' ? sh`mkdir -- "$f"` : sh`( set -C; : > "$f" )`
    const { stdout } = await host.run(
      sh`umask 077; cd ${folder} && f=$(pwd)/${name} && ${make} && printf %s "$f"`,
    )
    return { path: stdout }
  },

  result: ({ args, applied }) => ({ data: { path: applied?.path, state: args.state ?? 'file' } }),

  touches: ({ args }) => [{ kind: 'path', name: args.path ?? '/tmp' }],
})
