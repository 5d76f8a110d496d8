import { Scope } from '#execute/scope.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import { omit } from '#model/omit.ts'
import type { Lookup, Value } from '#model/value.ts'
import { jsonText } from '#report/value-text.ts'

/** A value as plain data, as a run would see it; the parts that only a run can know as they are written. */
export function plainValue(value: Value, lookup: Lookup): unknown {
  const known = whatIsKnown(value, lookup)
  if (known) return known.plain
  const part = (child: Value | undefined): unknown => (child ? plainValue(child, lookup) : null)
  if (value.keys) return Object.fromEntries(value.keys.map((key) => [key, part(value.child(key))]))
  if (value.length === undefined) return value.text
  return Array.from({ length: value.length }, (_, i) => part(value.child(i)))
}

/** What a value is as JSON has it, secrets as `***`; undefined when it cannot be told without a run. */
function whatIsKnown(value: Value, lookup: Lookup): { readonly plain: unknown } | undefined {
  try {
    const given = value.render(lookup)
    // Data that is made when it is read may fail, or turn out to need facts, only while it is written.
    const plain: unknown = given === omit ? undefined : JSON.parse(jsonText(given))
    return plain === undefined || needsFacts(lookup) ? undefined : { plain }
  } catch (error) {
    // Hosts whose variables hold each other's have no end.
    if (error instanceof EvaluationError || error instanceof RangeError) return undefined
    throw error
  } finally {
    if (lookup instanceof Scope && needsFacts(lookup)) lookup.refresh()
  }
}

const needsFacts = (lookup: Lookup): boolean => lookup instanceof Scope && lookup.missingFacts.size > 0
