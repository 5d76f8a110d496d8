import { EvaluationError } from '#model/evaluation-error.ts'
import { omit } from '#model/omit.ts'
import { Secret } from '#model/secret.ts'
import type { Value } from '#model/value.ts'
import { derivedValue } from './derived-value.ts'
import type { KeywordType } from './keyword-table.ts'

/** Wraps a keyword's value so that rendering it gives the keyword's type, or fails with a message that names it. */
export function typedValue(value: Value, name: string, type: KeywordType): Value {
  if (!isConverted(type)) return value
  return derivedValue(value, (rendered) => {
    if (rendered === omit && type !== 'boolean') return null
    const converted = rendered instanceof Secret ? rendered : convert(rendered, type)
    if (converted === undefined) throw new EvaluationError(wrongType(name, type, rendered), value.range)
    return converted
  })
}

/** A sentence about a value of the wrong type. */
export function wrongType(name: string, type: KeywordType, given: unknown): string {
  return `"${name}" needs ${describe(type)}, not ${show(given)}.`
}

const isConverted = (type: KeywordType): boolean =>
  typeof type !== 'string' || ['boolean', 'integer', 'number', 'text', 'duration'].includes(type)

/** The value as the type wants it; undefined when it cannot be. Booleans also take YAML 1.1's words. */
export function convert(value: unknown, type: KeywordType): unknown {
  if (typeof type !== 'string') return type.find((word) => word === value)
  if (type === 'boolean') return toBoolean(value)
  if (type === 'integer' || type === 'number') return toNumber(value, type)
  if (type === 'duration') return toSeconds(value)
  if (type === 'text') return isScalar(value) ? String(value) : undefined
  return value
}

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['y', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['n', false],
  ['0', false],
])

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  return isScalar(value) ? words.get(String(value).toLowerCase()) : undefined
}

function toNumber(value: unknown, type: 'integer' | 'number'): number | undefined {
  const number = typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  return type === 'number' || Number.isInteger(number) ? number : undefined
}

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600 }

/** `60`, `60s`, `5m`, `1h` as seconds. */
function toSeconds(value: unknown): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(String(value))
  const factor = match && units[match[2] ?? '']
  return match && factor ? Number(match[1]) * factor : undefined
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

function describe(type: KeywordType): string {
  if (typeof type !== 'string') return `one of ${type.join(', ')}`
  return names[type]
}

const names: Readonly<Record<Exclude<KeywordType, readonly string[]>, string>> = {
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  text: 'text',
  texts: 'text or a list of texts',
  duration: 'a time such as 60s, 5m or 1h',
  conditions: 'a condition or a list of conditions',
  mapping: 'a mapping',
  mappings: 'a mapping',
  list: 'a list',
  any: 'a value',
}

function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return JSON.stringify(value)
}
