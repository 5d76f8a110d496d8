import type { Place } from '#lang/place.ts'
import type { SyntaxProblem } from '#lang/syntax-problem.ts'
import type { Diagnostic } from '#model/diagnostic.ts'

/** Stands in until the translation is written. */
export function jinjaInTemplate(_text: string, _problem: SyntaxProblem): SyntaxProblem | undefined {
  return undefined
}

/** Stands in until the translation is written. */
export function jinjaTags(_text: string, _place: Place): readonly Diagnostic[] {
  return []
}
