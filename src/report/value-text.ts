import { printable } from '#base/display-width.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'

const longest = 200
const longLine = 70

/** A value in one line for a person: text as it is, the rest as JSON, cut when long. */
export function valueText(value: unknown): string {
  if (value instanceof Unknown) return `(unknown until "${value.because}" has run)`
  if (value === undefined || value === null) return '(absent)'
  if (value === '') return '""'
  const text = typeof value === 'string' ? value : jsonText(value)
  const line = printable(text).replaceAll('\n', '⏎')
  return line.length > longest ? `${line.slice(0, longest)}… (${text.length} characters)` : line
}

/** A value in full: what fits into one line stays in it. */
export function wholeText(value: unknown): string {
  if (typeof value === 'string') return value
  const line = jsonText(value)
  return line.length > longLine ? jsonText(value, 2) : line
}

/** JSON of anything: numbers beyond JSON's become text, secrets and unknown values print as they do. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, jsonValue, indent) ?? 'null'
}

/** For `JSON.stringify`: whole numbers of CEL are bigints, which it refuses. */
export function jsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Secret) return '***'
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
