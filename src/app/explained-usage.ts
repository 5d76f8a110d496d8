import type { Terminal } from '#base/terminal.ts'
import { UsageError } from '#model/usage-error.ts'
import type { Outcome } from './requests.ts'

/** Runs a use case without events; a mistake on the command line is said on stderr and ends it with its own exit code. */
export async function explainedUsage(terminal: Terminal, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    terminal.notice(`error: ${error.message}`)
    if (error.remedy) terminal.notice(error.remedy)
    return { exitReason: 'usage' }
  }
}
