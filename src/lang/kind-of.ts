import { UnknownValue } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'

export type Kind = 'text' | 'a number' | 'a boolean' | 'null' | 'a list' | 'a mapping'

/** What a person would call a value. A secret counts as the text it hides; of the unknown there is no telling. */
export function kindOf(value: unknown): Kind {
  if (value instanceof Unknown) throw new UnknownValue(value.because)
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string' || value instanceof Secret) return 'text'
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number'
  if (typeof value === 'boolean') return 'a boolean'
  return Array.isArray(value) ? 'a list' : 'a mapping'
}

/** A mapping of a playbook or of JSON: an object that is none of the engine's own. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Secret) && !(value instanceof Unknown)
}

/** An array whose items are not known yet; `Array.isArray` alone would make them `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
