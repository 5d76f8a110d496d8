import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Prints a message or the value of an expression.',
  args: t.Args({
    msg: t.Optional(t.Any({ description: 'What to print: text, a list or a mapping.' })),
    var: t.Optional(
      t.Expression({ description: 'An expression whose value is printed, such as `result.stdout`.' }),
    ),
    verbosity: t.Optional(
      t.Integer({ description: 'Print only from this `-v` on.', default: 0, minimum: 0, maximum: 4 }),
    ),
  }),
  examples: [
    { title: 'A message', args: { msg: 'Deploying {{ version }}' } },
    { title: 'A registered result', args: { var: 'result.stdout_lines', verbosity: 1 } },
  ],
  freeForm: 'msg',
  runs: 'controller',

  probe: ({ verbosity }) => ({ verbosity }),
  plan: () => [],

  result({ args, state }) {
    const needed = args.verbosity ?? 0
    if (needed > state.verbosity) return { skipped: `It prints from verbosity ${needed} on.` }
    if (!args.var)
      return { msg: asText(args.msg ?? 'Hello world!'), data: { msg: args.msg ?? 'Hello world!' } }
    const { text, value, error } = args.var
    const shown = error === undefined ? value : `VARIABLE IS NOT DEFINED: ${error}`
    return { msg: `${text}: ${asText(shown)}`, data: { [text]: shown } }
  },
})

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? String(value))
}
