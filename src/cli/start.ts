import { writeSync } from 'node:fs'
import { exitCode } from '#model/exit-code.ts'
import { HostError } from '#model/host-error.ts'
import { interruption } from './interruption.ts'
import { terminalOpener } from './open-terminal.ts'
import { ownVersion } from './own-version.ts'
import { runCli } from './run-cli.ts'
import { useCases } from './use-cases.ts'

/** Runs tsplay as a process: real streams, real signals. Gives the exit code and never rejects. */
export async function start(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  process.on('unhandledRejection', onUnhandled)
  try {
    const openTerminal = terminalOpener(env)
    const signal = interruption((name) => {
      openTerminal('auto').notice(`Interrupted by ${name}; ending what runs. Once more to stop at once.`)
    })
    return await runCli(argv, { version: ownVersion(), useCases, openTerminal, signal })
  } catch (error) {
    reportBug(error)
    return exitCode('bug')
  }
}

/**
 * A module of a role may ask two things and give up at the first failure; the second one, on a host that is lost, is
 * then nobody's. The task has reported the first. Anything else that nobody waits for is a bug.
 */
function onUnhandled(error: unknown): void {
  if (error instanceof HostError) return
  reportBug(error)
  process.exit(exitCode('bug'))
}

function reportBug(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  try {
    writeSync(2, `\nThis is a bug in tsplay. Please report it with these lines:\n${stack}\n`)
  } catch {
    // Stderr is gone; the exit code still tells.
  }
}
