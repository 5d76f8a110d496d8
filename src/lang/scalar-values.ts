import { EvaluationError } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import type { Evaluable } from './evaluable.ts'
import { hasSecret, tainted, toText } from './to-text.ts'

const none: ReadonlySet<string> = new Set()

/** A value that depends on nothing. */
export function literal(value: unknown, range: SourceRange): Value {
  return {
    text: value instanceof Secret ? '***' : String(value),
    range,
    names: none,
    paths: none,
    required: none,
    literal: true,
    render: () => value,
    rangeOf: () => range,
    child: () => undefined,
  }
}

/** A template or expression as a value. `secret`: whatever it gives is secret. `text`: it always gives text. */
export function evaluableValue(
  evaluated: Evaluable,
  options: { secret?: boolean; text?: boolean } = {},
): Value {
  return {
    text: options.secret ? '***' : evaluated.text,
    range: evaluated.range,
    get names() {
      return evaluated.names
    },
    get paths() {
      return evaluated.paths
    },
    get required() {
      return evaluated.required
    },
    literal: false,
    render(lookup) {
      const value = evaluated.evaluate(lookup)
      const finished = options.text && typeof value !== 'string' ? asText(value, evaluated.range) : value
      return options.secret ? tainted(finished) : finished
    },
    rangeOf: (name) => evaluated.rangeOf(name),
    child: () => undefined,
  }
}

function asText(value: unknown, range: SourceRange): unknown {
  try {
    return hasSecret(value) ? new Secret(toText(value)) : toText(value)
  } catch (error) {
    if (error instanceof EvaluationError) throw error
    throw new EvaluationError(error instanceof Error ? error.message : String(error), range, { cause: error })
  }
}
