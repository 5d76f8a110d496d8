import type { Recap } from '#model/event.ts'
import { type ExitReason, exitCode } from '#model/exit-code.ts'
import type { OpenReport } from './open-report.ts'
import type { Outcome } from './requests.ts'

/** Ends a command that never reached a host; the recap comes all the same (ruling 16). */
export function finishEarly(report: OpenReport, exitReason: ExitReason): Outcome {
  report.emit(emptyRecap(exitReason))
  return { exitReason }
}

/** The recap of a run that never came to a host. */
export function emptyRecap(exitReason: ExitReason): Recap {
  return {
    type: 'recap',
    hosts: {},
    exitCode: exitCode(exitReason),
    durationMs: 0,
    flights: 0,
    flightsByHost: {},
    pendingHandlers: {},
    slowestTasks: [],
    failures: [],
  }
}
