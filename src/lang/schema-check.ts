import type { Options, ValidateFunction } from 'ajv'
import { isMap } from './kind-of.ts'

/**
 * How Ajv checks values. Schemas are not checked against the meta-schema, which takes longer to compile than all schemas of
 * a small project: they are the program's own, and a test checks those.
 */
export const checkOptions = {
  allErrors: true,
  verbose: true,
  strict: false,
  validateFormats: false,
  meta: false,
  validateSchema: false,
} as const satisfies Options

/** What is checked of a schema: conditions and expressions arrive evaluated, not in the form that a person writes. */
export function checkedPart(schema: unknown): object {
  const copy = strip(schema)
  return isMap(copy) ? copy : {}
}

function strip(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strip)
  if (!isMap(schema)) return schema
  const mark = schema['x-tsplay']
  if (mark === 'condition' || mark === 'expression') return {}
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strip(value)]))
}

/** The property under which a schema has the check that the build has compiled of it: Ajv needs 5 ms for each of them. */
export const keptCheck = Symbol.for('tsplay.kept-check')

export function keptCheckOf(schema: object): ValidateFunction | undefined {
  const kept: unknown = Reflect.get(schema, keptCheck)
  return isCheck(kept) ? kept : undefined
}

const isCheck = (kept: unknown): kept is ValidateFunction => typeof kept === 'function'
