import type { Diagnostic } from '#model/diagnostic.ts'
import { finishEarly } from './finish-early.ts'
import type { OpenReport } from './open-report.ts'
import type { Outcome } from './requests.ts'

/** Ends a command before any host is touched, for mistakes that only this machine shows. */
export function refuse(report: OpenReport, diagnostics: readonly Diagnostic[]): Outcome {
  for (const diagnostic of diagnostics) report.emit({ type: 'diagnostic', diagnostic })
  return finishEarly(report, 'project')
}
