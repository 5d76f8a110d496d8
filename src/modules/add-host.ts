import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Adds a host, or groups and variables to one, for the plays that follow.',
  description: 'Any further argument is a variable of the host: `ssh_host`, `ssh_port` and your own.',
  args: t.Variables({
    name: t.String({ description: 'The name of the host in the inventory.', minLength: 1 }),
    groups: t.Optional(
      t.Strings({ description: 'Groups it joins; they are made when they do not exist.', default: [] }),
    ),
  }),
  argumentAliases: { hostname: 'name', host: 'name', group: 'groups', groupname: 'groups' },
  examples: [
    { title: 'A machine made just now', args: { name: 'web9', groups: ['web'], ssh_host: '10.0.0.9' } },
  ],
  runs: 'controller',

  probe: () => null,
  plan: () => [],

  result({ args }) {
    const { name, groups, ...vars } = args
    return {
      changed: true,
      data: { add_host: { host_name: name, groups: groups ?? [], host_vars: vars } },
      effects: { addHost: { name, groups: groups ?? [], vars } },
    }
  },
})
