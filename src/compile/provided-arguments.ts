import { EvaluationError } from '#model/evaluation-error.ts'
import type { SourceRange } from '#model/source.ts'
import type { Lookup, Value } from '#model/value.ts'
import type { ArgumentSpec } from '#sdk/argument-spec.ts'
import { ArgumentProblem } from '#sdk/convert-argument.ts'

/**
 * The variables that a role's specification names, as far as a host has them. One that cannot be converted is given
 * as it is: whoever checks the arguments names all that is wrong at once.
 */
export function providedArguments(spec: ArgumentSpec, range: SourceRange): Value {
  const names = new Set(spec.options.keys())
  const required = [...spec.options].filter(([, { required, default: d }]) => required && d === undefined)
  return {
    text: '',
    range,
    names,
    paths: names,
    required: new Set(required.map(([name]) => name)),
    literal: false,
    render: (lookup) => Object.fromEntries([...names].flatMap((name) => provided(name, lookup))),
    rangeOf: () => range,
    child: () => undefined,
  }
}

function provided(name: string, lookup: Lookup): readonly (readonly [string, unknown])[] {
  if (!lookup.has(name)) return []
  try {
    return [[name, lookup.get(name)]]
  } catch (error) {
    if (error instanceof EvaluationError && error.cause instanceof ArgumentProblem)
      return [[name, error.cause.given]]
    throw error
  }
}
