import type { SourceRange } from '#model/source.ts'
import type { Expression } from '#model/value.ts'

const nothing: ReadonlySet<string> = new Set()

/** An expression that is the same for every host. */
export function constantExpression(value: unknown, range: SourceRange): Expression {
  return {
    text: JSON.stringify(value) ?? '',
    range,
    names: nothing,
    paths: nothing,
    required: nothing,
    evaluate: () => value,
    rangeOf: () => range,
  }
}
