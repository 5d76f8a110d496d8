import { t } from '#sdk/args.ts'
import { commandChanges, commandResult, inFolder, runCommand } from '#sdk/command-run.ts'
import { defineModule } from '#sdk/module.ts'

const need = { reason: undefined, guarded: false } as const

export default defineModule({
  summary: 'Runs text by a shell, with no conditions of its own.',
  description: 'Everything in tsplay works without Python, so `shell` does the same and can be guarded.',
  args: t.Args({
    cmd: t.String({ description: 'The text.', minLength: 1 }),
    executable: t.Optional(t.Path({ description: 'The shell, by its absolute path.', default: '/bin/sh' })),
  }),
  argumentAliases: { _raw_params: 'cmd' },
  examples: [{ title: 'Uptime', args: { cmd: 'uptime' } }],
  freeForm: 'cmd',
  settles: false,

  probe: () => need,
  plan: ({ state, mode }) => commandChanges(state, mode),
  apply: ({ args, host, controller }) =>
    runCommand(inFolder(undefined, args.cmd, args.executable), args.cmd, { host, controller }),
  result: ({ args, state, applied }) => commandResult(applied, state, { strip: false, cmd: args.cmd }),
})
