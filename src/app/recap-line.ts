import type { ExitReason } from '#model/exit-code.ts'
import { jsonEvent } from '#report/json-event.ts'
import { jsonText } from '#report/value-text.ts'
import { emptyRecap } from './finish-early.ts'

/** The last line of `--output json` for a command that was refused before it opened a report. */
export function recapLine(exitReason: ExitReason): string {
  return `${jsonText(jsonEvent(emptyRecap(exitReason), false))}\n`
}
