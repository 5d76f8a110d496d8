import { UnknownValue } from '#model/evaluation-error.ts'
import { omit } from '#model/omit.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { isList, isMap } from './kind-of.ts'

/**
 * A value as it stands in longer text: lists and mappings as JSON, null as nothing. Secrets are revealed;
 * whoever writes the text makes it a secret again when `hasSecret` says so.
 */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof Secret) return value.reveal()
  if (value instanceof Unknown) throw new UnknownValue(value.because)
  if (value === omit) throw new Error('"omit" cannot stand inside longer text.')
  return typeof value === 'object' ? toJson(value) : String(value)
}

/** JSON with secrets revealed. Throws UnknownValue when a part of it is not known yet. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(plain(value), undefined, indent)
}

/** The same value with secrets revealed and nothing lazy left in it. */
export function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value === omit ? undefined : value
  if (value instanceof Secret) return value.reveal()
  if (value instanceof Unknown) throw new UnknownValue(value.because)
  if (isList(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

/** Whether a secret is in a value at any depth. */
export function hasSecret(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false
  if (value instanceof Secret) return true
  if (isList(value)) return value.some(hasSecret)
  return isMap(value) && !(value instanceof Unknown) && Object.values(value).some(hasSecret)
}

/** Every text in a value made a secret; numbers and booleans stay, since masking `1` would mask everything. */
export function tainted(value: unknown): unknown {
  if (typeof value === 'string') return new Secret(value)
  if (isList(value)) return value.map(tainted)
  if (!isMap(value) || value instanceof Unknown) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tainted(item)]))
}
