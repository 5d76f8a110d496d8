import { listValue } from '#lang/collection-values.ts'
import { isMap } from '#lang/kind-of.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import { derivedValue } from './derived-value.ts'

/** Mappings laid over each other when rendered; a later one beats an earlier one. One that is `omit` adds nothing. */
export function mergedValue(parts: readonly Value[], range: SourceRange): Value {
  return derivedValue(listValue(parts, range), (rendered) => {
    const maps = Array.isArray(rendered) ? rendered : []
    if (maps.every(isMap)) return Object.assign({}, ...maps)
    throw new EvaluationError('The arguments of a task must be a mapping.', range)
  })
}
