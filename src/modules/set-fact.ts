import { t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

export default defineModule({
  summary: 'Sets variables of a host for the rest of the run.',
  description:
    'Any argument but `cacheable` is a variable. Values are data from then on: they are not rendered again.',
  args: t.Variables({
    cacheable: t.Optional(
      t.Boolean({ description: 'Accepted for Ansible; facts last for the run either way.', default: false }),
    ),
  }),
  examples: [
    { title: 'Remember a result', args: { release: '{{ trim found.stdout }}' } },
    { title: 'Several at once', args: { port: 8080, hosts: ['a', 'b'] } },
  ],
  runs: 'controller',

  probe: () => null,
  plan: () => [],

  result({ args }) {
    const { cacheable: _, ...facts } = args
    const wrong = Object.keys(facts).find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (wrong !== undefined) throw new TaskFailure(`"${wrong}" is not the name of a variable.`)
    return { data: { ansible_facts: facts }, effects: { facts } }
  },
})
