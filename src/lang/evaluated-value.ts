import { EvaluationError, UnknownValue } from '#model/evaluation-error.ts'
import type { SourceRange } from '#model/source.ts'
import type { Expression, Lookup, Value } from '#model/value.ts'
import { listValue } from './collection-values.ts'

/** What a module gets for an argument that is a condition or expression; the sdk calls it `Evaluated`. */
interface Evaluated {
  readonly text: string
  readonly value: unknown
  readonly error?: string
}

/** Conditions as a list of their texts and outcomes. */
export function conditionsValue(conditions: readonly Expression[], range: SourceRange): Value {
  return listValue(conditions.map(expressionValue), range)
}

/** An expression as its text and outcome. An error is part of the outcome; only the unknown is thrown. */
export function expressionValue(expression: Expression): Value {
  return {
    text: expression.text,
    range: expression.range,
    names: expression.names,
    paths: expression.paths,
    required: expression.required,
    literal: false,
    render: (lookup) => outcome(expression, lookup),
    rangeOf: (name) => expression.rangeOf(name),
    child: () => undefined,
  }
}

function outcome(expression: Expression, lookup: Lookup): Evaluated {
  const { text } = expression
  try {
    return { text, value: expression.evaluate(lookup) }
  } catch (error) {
    if (!(error instanceof EvaluationError) || error instanceof UnknownValue) throw error
    return { text, value: undefined, error: error.message }
  }
}
