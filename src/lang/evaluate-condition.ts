import type { Expression, Lookup } from '#model/value.ts'
import { notBoolean } from './evaluate-logic.ts'

/**
 * Whether a condition holds. A value that is neither true nor false is an error: what it was meant to say is
 * anyone's guess.
 */
export function evaluateCondition(expression: Expression, lookup: Lookup): boolean {
  const value = expression.evaluate(lookup)
  if (typeof value === 'boolean') return value
  throw notBoolean(value, expression.text, expression.range)
}
