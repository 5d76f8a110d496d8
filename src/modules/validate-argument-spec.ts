import { t } from '#sdk/args.ts'
import { readArgumentSpec } from '#sdk/argument-spec.ts'
import { checkArguments } from '#sdk/check-arguments.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: "Checks variables against a role's argument specification.",
  description: 'Runs by itself at the start of every role that has `meta/argument_specs.yml`.',
  args: t.Args({
    argument_spec: t.Any({ description: "The options, in the form of Ansible's argument specifications." }),
    provided_arguments: t.Optional(t.Any({ description: 'The variables to check, by name.' })),
    role: t.Optional(t.String({ description: 'The role, for the message.' })),
    mutually_exclusive: t.Optional(t.Any({ description: 'Lists of names of which only one may be given.' })),
    required_together: t.Optional(t.Any({ description: 'Lists of names that go together.' })),
    required_one_of: t.Optional(t.Any({ description: 'Lists of names of which one is needed.' })),
    required_if: t.Optional(t.Any({ description: 'Names that are needed when another has some value.' })),
  }),
  examples: [
    {
      title: 'A port that must be a number',
      args: {
        argument_spec: { port: { type: 'int', required: true } },
        provided_arguments: { port: '{{ port }}' },
      },
    },
  ],
  runs: 'controller',

  probe: () => undefined,
  plan: () => [],

  result({ args }) {
    const { argument_spec: options, provided_arguments: provided, role, ...rules } = args
    const given = typeof provided === 'object' && provided !== null ? { ...provided } : {}
    const problems = checkArguments(readArgumentSpec({ options, ...rules }), given)
    if (problems.length === 0) return { msg: 'The arguments are right.' }
    const whose = role === undefined ? 'The arguments' : `The arguments of the role "${role}"`
    return {
      failed: true,
      msg: `${whose} are wrong: ${problems.join(' ')}`,
      data: { argument_errors: problems },
    }
  },
})
