import { evaluateCondition } from '#lang/evaluate-condition.ts'
import type { Conditions } from '#model/program.ts'
import type { Lookup } from '#model/value.ts'

/** True when all hold. Later ones are not evaluated once one is false. */
export function allHold(conditions: Conditions, lookup: Lookup): boolean {
  return conditions.every((condition) => evaluateCondition(condition, lookup))
}

/** The text of the first condition that does not hold; undefined when all do. */
export function firstFalse(conditions: Conditions, lookup: Lookup): string | undefined {
  return conditions.find((condition) => !evaluateCondition(condition, lookup))?.text
}
