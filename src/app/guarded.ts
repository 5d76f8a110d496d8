import type { Terminal } from '#base/terminal.ts'
import { UsageError } from '#model/usage-error.ts'
import { finishEarly } from './finish-early.ts'
import type { OpenReport } from './open-report.ts'
import type { Outcome } from './requests.ts'

/** Runs a use case and closes its report; a mistake on the command line ends it with its own exit code. */
export async function guarded(
  report: OpenReport,
  terminal: Terminal,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    terminal.notice(`error: ${error.message}`)
    if (error.remedy) terminal.notice(error.remedy)
    return finishEarly(report, 'usage')
  } finally {
    await report.close()
  }
}
