import packages from '#facts/packages.ts'
import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Reads all installed packages.',
  description:
    '`facts.packages` reads the same when it is needed and asks for no task; this module is here for playbooks ' +
    'that come from Ansible.',
  args: t.Args({
    manager: t.Optional(
      t.Strings({
        description: "Accepted for Ansible's sake; the database that is in use is read.",
        default: ['auto'],
      }),
    ),
    strategy: t.Optional(
      t.Choice(['first', 'all'], { description: "Accepted for Ansible's sake.", default: 'first' }),
    ),
  }),
  examples: [{ title: 'Read the packages', args: {} }],
  probe: ({ host }) => host.fact(packages),
  plan: () => [],
  result: ({ state }) => ({ data: { packages: state, ansible_facts: { packages: state } } }),
})
