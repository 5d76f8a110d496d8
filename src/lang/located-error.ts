import { EvaluationError, UndefinedName, UnknownValue } from '#model/evaluation-error.ts'
import type { Place } from './place.ts'
import type { Span } from './span.ts'

/** The error as one that says where in the user's text it happened; one that knows already stays as it is. */
export function located(error: unknown, place: Place, span: Span): EvaluationError {
  if (error instanceof EvaluationError && error.range) return error
  const range = place.range(span)
  if (error instanceof UnknownValue) return new UnknownValue(error.because, range)
  if (error instanceof UndefinedName) return new UndefinedName(error.path, error.message, range)
  const message = error instanceof Error ? error.message : String(error)
  return new EvaluationError(message, range, { cause: error })
}
