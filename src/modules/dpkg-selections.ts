import debPackages from '#facts/deb-packages.ts'
import type { Change } from '#model/change.ts'
import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

export default defineModule({
  summary: 'Sets what dpkg shall do with packages, such as hold them.',
  args: t.Args({
    name: t.Strings({ description: 'The packages.', minItems: 1 }),
    selection: t.Choice(['install', 'hold', 'deinstall', 'purge'], {
      description: 'The selection: `hold` keeps the version that is installed.',
    }),
  }),
  argumentAliases: { pkg: 'name', package: 'name' },
  examples: [{ title: 'Keep the version of kubelet', args: { name: ['kubelet'], selection: 'hold' } }],

  async probe({ args, host }) {
    const packages = await Promise.all(args.name.map((name) => host.fact(debPackages, name)))
    return packages.map(({ selection }) => selection)
  },

  plan: ({ args, state }): readonly Change[] =>
    args.name.flatMap((name, i) =>
      state[i] === args.selection
        ? []
        : [{ field: `selection ${name}`, before: state[i], after: args.selection }],
    ),

  async apply({ args, changes, host }) {
    const names = new Set(changes.map(({ field }) => field.slice('selection '.length)))
    const lines = [...names].map((name) => `${name} ${args.selection}`)
    await host.run(sh`printf '%s\n' ${lines} | dpkg --set-selections`)
  },

  writesOnce: () => true,

  touches: () => [{ kind: 'package' }],
})
