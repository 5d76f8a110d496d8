import { Secret } from '#model/secret.ts'

/** Handlebars' idea of an empty value: false, nothing, no text, zero and the empty list. */
export function isTruthy(value: unknown): boolean {
  if (value instanceof Secret) return value.reveal() !== ''
  if (Array.isArray(value)) return value.length > 0
  return Boolean(value)
}
