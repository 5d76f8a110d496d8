import services from '#facts/services.ts'
import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Reads the state of all services.',
  description:
    '`facts.services` reads the same when it is needed and asks for no task; this module is here for playbooks ' +
    'that come from Ansible.',
  args: t.Args({}),
  examples: [{ title: 'Read the services', args: {} }],
  probe: ({ host }) => host.fact(services),
  plan: () => [],
  result: ({ state }) => ({ data: { services: state, ansible_facts: { services: state } } }),
})
