import { t } from '#sdk/args.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Shows that a host can be reached and its shell answers.',
  args: t.Args({
    data: t.Optional(t.String({ description: 'What the host is to answer.', default: 'pong' })),
  }),
  examples: [{ title: 'Is it there?', args: {} }],

  probe: ({ args, host }) => host.read(['printf', '%s', args.data ?? 'pong'], { reads: [] }),
  plan: () => [],
  result: ({ state }) => ({ data: { ping: state.stdout } }),
})
