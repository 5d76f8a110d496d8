import globMatches from '#facts/glob-matches.ts'
import { t } from '#sdk/args.ts'
import { guardArgs } from '#sdk/command-args.ts'
import { commandChanges, commandNeed, commandResult, enter, runCommand } from '#sdk/command-run.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { quote, Script } from '#sdk/quote.ts'
import { commandWords } from '#sdk/split-words.ts'

export default defineModule({
  summary: 'Runs a script of the controller on a host.',
  description:
    'The script is copied to a temporary file that only the acting user can read, run, and removed.',
  args: t.Args({
    cmd: t.String({
      description: "The script, looked for in the role's `files/` first, and its arguments.",
      minLength: 1,
    }),
    executable: t.Optional(t.String({ description: 'What runs it, instead of its own first line.' })),
    ...guardArgs,
  }),
  argumentAliases: { _raw_params: 'cmd' },
  examples: [
    { title: 'With an argument', args: { cmd: 'provision.sh --fast', creates: '/etc/provisioned' } },
  ],
  freeForm: 'cmd',
  settles: false,

  async probe({ args, host, controller }) {
    const [need, file] = await Promise.all([
      commandNeed(args, host, (pattern) => host.fact(globMatches, pattern)),
      controller.file(partsOf(args.cmd).path),
    ])
    return { need, file }
  },
  plan: ({ state, mode }) => commandChanges(state.need, mode),

  async apply({ args, state, host, controller }) {
    const { rest } = partsOf(args.cmd)
    const name = [...controller.random(9)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    const folder = (await host.run(['sh', '-c', 'printf %s "${TMPDIR:-/tmp}"'])).stdout
    const path = `${folder}/.tsplay-script-${name}`
    await host.write({ path, content: state.file, mode: 0o700 })
    const words = [
      ...(args.executable === undefined ? [] : [commandWords(args.executable)]),
      quote(path),
      rest,
    ]
    // Removed by a trap: also when the script is ended by a time limit.
    const text = `trap 'rm -f ${quote(path)}' 0\ntrap 'exit 143' 1 2 13 15\n${enter(args.chdir)}${words.join(' ')}`
    return runCommand(new Script(text), args.cmd, { host, controller })
  },

  result: ({ args, state, applied }) => commandResult(applied, state.need, { cmd: args.cmd }),
})

/** The first word is the script; what follows is for it. */
function partsOf(cmd: string): { path: string; rest: string } {
  const match = /^\s*(?:'([^']+)'|"([^"]+)"|(\S+))\s*([\s\S]*)$/.exec(cmd)
  const path = match?.[1] ?? match?.[2] ?? match?.[3]
  if (path === undefined) throw new TaskFailure('A script must be named.')
  return { path, rest: commandWords(match?.[4] ?? '') }
}
