import globMatches from '#facts/glob-matches.ts'
import { t } from '#sdk/args.ts'
import { guardArgs, inputArgs } from '#sdk/command-args.ts'
import { commandChanges, commandNeed, commandResult, enter, runCommand, withInput } from '#sdk/command-run.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { quote, Script } from '#sdk/quote.ts'
import { commandWords } from '#sdk/split-words.ts'

export default defineModule({
  summary: 'Runs a program, without a shell in between.',
  description:
    'It runs each time unless `creates`, `removes`, `unless` or `onlyif` says that it is not needed; `changed_when` can judge it afterwards. In `cmd`, `$NAME` and a leading `~/` are filled in on the host; pipes, redirections and patterns need `shell`. In check mode an unguarded command is unknown.',
  args: t.Args({
    cmd: t.Optional(t.String({ description: 'The program and its arguments, in one line.' })),
    argv: t.Optional(
      t.Strings({ description: 'The same as a list of words, taken as they are.', 'x-tsplay': 'no-split' }),
    ),
    ...guardArgs,
    ...inputArgs,
  }),
  argumentAliases: { _raw_params: 'cmd' },
  examples: [
    { title: 'Once', args: { cmd: 'make install', chdir: '/usr/src/app', creates: '/usr/local/bin/app' } },
    { title: 'Words with spaces', args: { argv: ['touch', '/tmp/two words'] } },
  ],
  freeForm: 'cmd',
  settles: false,
  writesOnce: () => true,

  probe: ({ args, host }) => commandNeed(args, host, (pattern) => host.fact(globMatches, pattern)),
  plan: ({ state, mode }) => commandChanges(state, mode),

  apply: ({ args, host, controller }) =>
    runCommand(withInput(new Script(`${enter(args.chdir)}${wordsOf(args)}`), args), args.argv ?? args.cmd, {
      host,
      controller,
    }),

  result: ({ args, state, applied }) =>
    commandResult(applied, state, { strip: args.strip_empty_ends, cmd: args.argv ?? args.cmd }),
})

function wordsOf({ cmd, argv }: { cmd?: string; argv?: readonly string[] }): string {
  if (argv && argv.length > 0) return argv.map(quote).join(' ')
  if (cmd === undefined || cmd.trim() === '') throw new TaskFailure('One of "cmd" and "argv" must be given.')
  try {
    return commandWords(cmd)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new TaskFailure(`The command cannot be split into words. ${cause.message}`, {}, { cause })
  }
}
