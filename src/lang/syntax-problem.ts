import type { Diagnostic, DiagnosticCode } from '#model/diagnostic.ts'
import type { Place } from './place.ts'
import type { Span } from './span.ts'

/** Thrown by the parsers of this room and caught where a text is compiled, which turns it into a diagnostic. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem'
  readonly span: Span
  readonly remedy: string | undefined
  readonly code: DiagnosticCode | undefined

  constructor(message: string, span: Span, options: { remedy?: string; code?: DiagnosticCode } = {}) {
    super(message)
    this.span = span
    this.remedy = options.remedy
    this.code = options.code
  }
}

/** The problem as a diagnostic; `code` holds unless the problem brought its own. */
export function diagnosticOf(problem: SyntaxProblem, code: DiagnosticCode, place: Place): Diagnostic {
  return {
    code: problem.code ?? code,
    severity: 'error',
    message: problem.message,
    range: place.range(problem.span),
    ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
  }
}
