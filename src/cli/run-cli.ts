import { CommanderError, type OutputConfiguration } from 'commander'
import type { Terminal } from '#base/terminal.ts'
import { type ExitReason, exitCode } from '#model/exit-code.ts'
import { UsageError } from '#model/usage-error.ts'
import { buildProgram } from './program.ts'
import type { UseCases } from './use-cases.ts'

export type ColorChoice = 'auto' | 'always' | 'never'

/** The world around one call of tsplay. */
export interface CliWorld {
  readonly version: string
  readonly useCases: UseCases
  /** Opens the terminal once it is known whether colours are wanted. */
  openTerminal(color: ColorChoice): Terminal
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
}

/**
 * Carries out one command line (without the program's own name) and gives the exit code, when everything that
 * was written has left. Rejects only for bugs.
 */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<number> {
  if (argv[0] === 'complete') return await answerShell(argv.slice(argv[1] === '--' ? 2 : 1), world)
  let terminal = world.openTerminal('auto')
  let exitReason: ExitReason = 'done'
  const program = buildProgram({
    version: world.version,
    output: outputTo(terminal),
    async chosen(row, words, values) {
      terminal = world.openTerminal(values.choice('color', ['auto', 'always', 'never']) ?? 'auto')
      const { signal, useCases } = world
      const action = await row.load()
      const outcome = await action({ values, words, terminal, signal, useCases })
      exitReason = outcome.exitReason
    },
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    exitReason = reasonToStop(error, terminal)
    if (exitReason === 'usage' && wantsJson(argv)) await closeJson(terminal)
  }
  await Promise.all([terminal.stdout.flush(), terminal.stderr.flush()])
  return exitCode(exitReason)
}

/** The entrance that the scripts of `tsplay completion` call. */
async function answerShell(words: readonly string[], world: CliWorld): Promise<number> {
  const { completeLine } = await import('./complete.ts')
  await completeLine(words, world.useCases)
  return exitCode('done')
}

function outputTo(terminal: Terminal): OutputConfiguration {
  return {
    writeOut: (text) => terminal.stdout.write(text),
    writeErr: (text) => terminal.stderr.write(text),
    getOutHelpWidth: () => terminal.columns,
    getErrHelpWidth: () => terminal.columns,
    getOutHasColors: () => terminal.color,
    getErrHasColors: () => terminal.errorColor,
  }
}

/** commander has already shown its own message; for help and the version it stops with code 0. */
function reasonToStop(error: unknown, terminal: Terminal): ExitReason {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'done' : 'usage'
  if (!(error instanceof UsageError)) throw error
  terminal.stderr.write(`error: ${error.message}\n`)
  if (error.remedy !== undefined) terminal.stderr.write(`${error.remedy}\n`)
  return 'usage'
}

/** Commands that write events. Whoever reads those waits for a recap, also when the command line is wrong. */
const commandsWithEvents: ReadonlySet<string | undefined> = new Set(['run', 'plan', 'exec', 'validate'])

function wantsJson(argv: readonly string[]): boolean {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const asks =
    own.includes('--output=json') || own.some((word, i) => `${word} ${own[i + 1]}` === '--output json')
  return asks && commandsWithEvents.has(own[0])
}

async function closeJson(terminal: Terminal): Promise<void> {
  const { recapLine } = await import('#app/recap-line.ts')
  terminal.stdout.write(recapLine('usage'))
}
