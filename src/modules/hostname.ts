import staticHostname, { type StaticHostname } from '#facts/static-hostname.ts'
import type { Change } from '#model/change.ts'
import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'

export default defineModule({
  summary: "Sets the host's name, now and for later boots.",
  description: '/etc/hosts stays as it is.',
  args: t.Args({
    name: t.String({
      description: 'The name, with or without a domain.',
      maxLength: 64,
      pattern: '^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$',
    }),
    use: t.Optional(
      t.String({
        description: "Accepted for Ansible's sake; tsplay finds out by itself how the name is kept.",
      }),
    ),
  }),
  examples: [{ title: 'Name a web server', args: { name: 'web01' } }],

  probe: ({ host }): Promise<StaticHostname> => host.fact(staticHostname),

  plan({ args, state }): readonly Change[] {
    return [
      ...(state.kept === args.name ? [] : [{ field: 'name', before: state.kept, after: args.name }]),
      ...(state.live === args.name ? [] : [{ field: 'live_name', before: state.live, after: args.name }]),
    ]
  },

  // hostnamectl needs systemd and D-Bus; without them the file and the kernel are all there is.
  async apply({ host, args: { name } }) {
    await host.run(sh`if [ -d /run/systemd/system ] && command -v hostnamectl >/dev/null 2>&1 && hostnamectl set-hostname ${name}; then :
else printf '%s\n' ${name} >/etc/hostname && hostname ${name}
fi`)
  },

  result: ({ args: { name } }) => ({ data: { name } }),

  writesOnce: () => true,

  touches: () => [{ kind: 'hostname' }, { kind: 'path', name: '/etc/hostname' }],
})
