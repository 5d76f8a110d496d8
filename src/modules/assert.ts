import { type Evaluated, t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Checks that conditions hold, and fails at the first that does not.',
  args: t.Args({
    that: t.Conditions({ description: 'One condition, or a list of them.' }),
    fail_msg: t.Optional(t.String({ description: 'What to say when one does not hold.' })),
    success_msg: t.Optional(
      t.String({ description: 'What to say when all hold.', default: 'All assertions passed' }),
    ),
    quiet: t.Optional(t.Boolean({ description: 'Say nothing when all hold.', default: false })),
  }),
  argumentAliases: { msg: 'fail_msg' },
  examples: [
    {
      title: 'Enough memory',
      args: { that: ['facts.memory.total_mb >= 2048'], fail_msg: 'Two gigabytes are needed.' },
    },
  ],
  runs: 'controller',

  probe: () => null,
  plan: () => [],

  result({ args }) {
    const broken = args.that.find(({ value }) => value !== true)
    if (!broken) {
      const msg = args.success_msg ?? 'All assertions passed'
      return args.quiet ? {} : { msg }
    }
    const msg = args.fail_msg ?? `${sentence(broken)}`
    return { failed: true, msg, data: { assertion: broken.text, evaluated_to: broken.value ?? false } }
  },
})

function sentence({ text, value, error }: Evaluated): string {
  if (error !== undefined) return `"${text}" cannot be evaluated: ${error}`
  if (value === false) return `"${text}" does not hold.`
  return `"${text}" must be true or false, and it is ${JSON.stringify(value)}.`
}
