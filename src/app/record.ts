import type { Terminal } from '#base/terminal.ts'
import { EventFile } from '#history/event-file.ts'
import { runId } from '#history/run-id.ts'
import type { RunOrigin } from '#model/run-record.ts'
import type { OpenReport } from './open-report.ts'
import { stateFolder } from './state-folder.ts'

/** Records the run from here on. A folder that cannot be written is said, and does not stop the run. */
export function record(
  report: OpenReport,
  terminal: Terminal,
  origin: RunOrigin,
  id = runId(new Date()),
): void {
  try {
    report.listen(new EventFile(stateFolder(), id, origin))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    terminal.notice(`warning: This run is not recorded: ${reason}`)
  }
}
