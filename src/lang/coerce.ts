import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { booleanWord } from './functions/arguments.ts'
import { isList, isMap } from './kind-of.ts'
import { revealed } from './revealed.ts'

type Schema = Readonly<Record<string, unknown>>

const noProperties: Schema = {}

/** A value with the types a schema asks for, where the conversion is beyond doubt. Never changes its input. */
export function coerceTo(schema: unknown, value: unknown): unknown {
  if (!isMap(schema) || value === undefined || value instanceof Unknown) return value
  if (isEvaluated(schema)) return value
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (isList(branches)) return coerceToOne(branches, value)
  const types = typesOf(schema)
  if (types.length === 0 || types.some((type) => fits(type, value))) return inside(schema, value)
  for (const type of conversionOrder.filter((one) => types.includes(one))) {
    const converted = conversions[type](value, schema)
    if (converted !== undefined) return inside(schema, converted)
  }
  return value
}

function isEvaluated(schema: Schema): boolean {
  return schema['x-tsplay'] === 'condition' || schema['x-tsplay'] === 'expression'
}

/** The first branch the value fits as it is; else the first that it can be converted to. */
function coerceToOne(branches: readonly unknown[], value: unknown): unknown {
  const schemas = branches.filter(isMap)
  const fitting = schemas.find((branch) => isAllowed(branch, value))
  if (fitting) return coerceTo(fitting, value)
  for (const branch of schemas) {
    const converted = coerceTo(branch, value)
    if (isAllowed(branch, converted)) return converted
  }
  return value
}

function isAllowed(schema: Schema, value: unknown): boolean {
  if (Object.hasOwn(schema, 'const')) return schema['const'] === revealed(value)
  const words = schema['enum']
  if (isList(words) && !words.includes(revealed(value))) return false
  const types = typesOf(schema)
  return types.length === 0 || types.some((type) => fits(type, value))
}

function typesOf({ type }: Schema): readonly string[] {
  if (typeof type === 'string') return [type]
  return isList(type) ? type.filter((one) => typeof one === 'string') : []
}

function fits(type: string, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' || value instanceof Secret
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return isList(value)
    case 'object':
      return isMap(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}

type Convertible = 'boolean' | 'integer' | 'number' | 'string' | 'array'

// Narrow types first: "5" for a number or text is a number.
const conversionOrder: readonly Convertible[] = ['boolean', 'integer', 'number', 'string', 'array']

const conversions: Readonly<Record<Convertible, (value: unknown, schema: Schema) => unknown>> = {
  boolean: (value) => booleanWord(value),
  integer: (value) => numberIn(value, /^\s*[-+]?(0|[1-9]\d*)\s*$/),
  number: (value) => numberIn(value, /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i),
  string: (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined),
  array: (value, schema) => (value === null ? undefined : listIn(value, schema)),
}

function numberIn(value: unknown, form: RegExp): number | undefined {
  const text = revealed(value)
  return typeof text === 'string' && form.test(text) ? Number(text) : undefined
}

/** Ansible's habit: `a, b` for a list of texts. Lists whose items may hold commas say `no-split`. */
function listIn(value: unknown, schema: Schema): readonly unknown[] {
  const { items } = schema
  const isSplit =
    typeof value === 'string' &&
    isMap(items) &&
    typesOf(items).includes('string') &&
    !isKeptWhole(schema, items)
  if (!isSplit) return [value]
  return value.trim() === '' ? [] : value.split(',').map((item) => item.trim())
}

function isKeptWhole(schema: Schema, items: Schema): boolean {
  return schema['x-tsplay'] === 'no-split' || items['x-tsplay'] === 'no-split'
}

function inside(schema: Schema, value: unknown): unknown {
  if (isList(value)) return value.map((item) => coerceTo(schema['items'], item))
  if (!isMap(value) || value instanceof Unknown) return value
  const properties = isMap(schema['properties']) ? schema['properties'] : noProperties
  return coercedProperties(schema, value, missingDefaults(properties, value))
}

/** The defaults of what is not given. */
function missingDefaults(properties: Schema, value: Schema): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [key, inner, standard] of defaultsOf(properties)) {
    const isGiven = Object.hasOwn(value, key) && value[key] !== undefined && !isUnset(value[key], inner)
    if (!isGiven) found[key] = typeof standard === 'object' ? structuredClone(standard) : standard
  }
  return found
}

type Default = readonly [key: string, schema: Schema, standard: unknown]

/** A schema's defaults are looked up for each call of each task on each host: once is enough. */
const knownDefaults = new WeakMap<Schema, readonly Default[]>()

function defaultsOf(properties: Schema): readonly Default[] {
  const known = knownDefaults.get(properties)
  if (known) return known
  const found = Object.entries(properties).flatMap(([key, inner]): readonly Default[] =>
    isMap(inner) && Object.hasOwn(inner, 'default') ? [[key, inner, inner['default']]] : [],
  )
  knownDefaults.set(properties, found)
  return found
}

function coercedProperties(
  schema: Schema,
  value: Schema,
  into: Record<string, unknown>,
): Record<string, unknown> {
  const properties = isMap(schema['properties']) ? schema['properties'] : noProperties
  const required: readonly unknown[] = isList(schema['required']) ? schema['required'] : []
  for (const key of Object.keys(value)) {
    const item = value[key]
    const inner = propertySchema(schema, properties, key)
    if (item === undefined || (isUnset(item, inner) && !required.includes(key))) continue
    put(into, key, coerceTo(inner, item))
  }
  return into
}

/** `__proto__` is a key like any other. */
function put(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') into[key] = value
  else Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true })
}

/** `key:` with nothing after it means that the key is not given, unless null is an answer of its own. */
function isUnset(item: unknown, schema: unknown): boolean {
  if (item !== null || !isMap(schema)) return false
  const types = typesOf(schema)
  return types.length > 0 && !types.includes('null') && !isEvaluated(schema)
}

function propertySchema(schema: Schema, properties: Schema, key: string): unknown {
  if (Object.hasOwn(properties, key)) return properties[key]
  const patterns = isMap(schema['patternProperties']) ? schema['patternProperties'] : {}
  const pattern = Object.keys(patterns).find((one) => new RegExp(one, 'u').test(key))
  return pattern === undefined ? schema['additionalProperties'] : patterns[pattern]
}
