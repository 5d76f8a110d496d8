import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Puts each host into a group named by its own variables, for the plays that follow.',
  args: t.Args({
    key: t.String({ description: 'The name of the group.', minLength: 1 }),
    parents: t.Optional(t.Strings({ description: 'Groups above it.', default: ['all'] })),
  }),
  examples: [{ title: 'By distribution', args: { key: 'os_{{ facts.os.distribution }}' } }],
  freeForm: 'key',
  runs: 'controller',

  probe: () => null,
  plan: () => [],

  result({ args }) {
    // As in Ansible: a space cannot stand in the name of a group.
    const group = args.key.replaceAll(' ', '-')
    const parents = (args.parents ?? ['all']).map((name) => name.replaceAll(' ', '-'))
    return {
      changed: true,
      data: { add_group: group, parent_groups: parents },
      effects: { groupBy: { groups: [group], parents } },
    }
  },
})
