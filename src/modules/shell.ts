import globMatches from '#facts/glob-matches.ts'
import { t } from '#sdk/args.ts'
import { guardArgs, inputArgs } from '#sdk/command-args.ts'
import {
  commandChanges,
  commandNeed,
  commandResult,
  inFolder,
  runCommand,
  withInput,
} from '#sdk/command-run.ts'
import { defineModule } from '#sdk/module.ts'

export default defineModule({
  summary: 'Runs text by a shell.',
  description:
    'It runs each time unless `creates`, `removes`, `unless` or `onlyif` says that it is not needed; `changed_when` can judge it afterwards. Put values into it with `{{ quote value }}`. In check mode an unguarded command is unknown.',
  args: t.Args({
    cmd: t.String({ description: 'The text.', minLength: 1 }),
    executable: t.Optional(t.Path({ description: 'The shell, by its absolute path.', default: '/bin/sh' })),
    ...guardArgs,
    ...inputArgs,
  }),
  argumentAliases: { _raw_params: 'cmd' },
  examples: [
    { title: 'A pipe', args: { cmd: 'pg_dump app | gzip > /var/backups/app.sql.gz' } },
    {
      title: 'Bash, once',
      args: { cmd: 'source env && build', executable: '/bin/bash', creates: '/srv/out' },
    },
  ],
  freeForm: 'cmd',
  settles: false,
  writesOnce: () => true,

  probe: ({ args, host }) => commandNeed(args, host, (pattern) => host.fact(globMatches, pattern)),
  plan: ({ state, mode }) => commandChanges(state, mode),
  apply: ({ args, host, controller }) =>
    runCommand(withInput(inFolder(args.chdir, args.cmd, args.executable), args), args.cmd, {
      host,
      controller,
    }),
  result: ({ args, state, applied }) =>
    commandResult(applied, state, { strip: args.strip_empty_ends, cmd: args.cmd }),
})
