import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Fails with a message, usually under a condition.',
  args: t.Args({
    msg: t.Optional(t.String({ description: 'Why.', default: 'Failed as requested from task' })),
  }),
  examples: [{ title: 'Stop on an old release', args: { msg: 'Debian 11 or later is needed.' } }],
  freeForm: 'msg',
  runs: 'controller',

  probe: () => null,
  plan: () => [],
  result: ({ args }) => ({ failed: true, msg: args.msg ?? 'Failed as requested from task' }),
})
