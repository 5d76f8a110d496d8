import { at, fieldsOf, isFields, listOf, textOf, textsOf } from '../json.ts'
import type { Cause } from './api-status.ts'
import type { KubeObject } from './kube-object.ts'

/** The openAPIV3Schema of a CRD's version. */
export function schemaOf(crd: KubeObject, version: string): unknown {
  const found = listOf(at(crd, 'spec', 'versions')).find((one) => at(one, 'name') === version)
  return at(found, 'schema', 'openAPIV3Schema')
}

/** Structural schemas drop what they do not know, unless told to keep it. */
export function prune(value: unknown, schema: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) prune(item, at(schema, 'items'))
    return
  }
  if (!isFields(value) || at(schema, 'x-kubernetes-preserve-unknown-fields') === true) return
  for (const [name, inner] of Object.entries(value)) {
    const own = schemaOfField(schema, name)
    if (own === 'unknown') delete value[name]
    else prune(inner, own)
  }
}

/** A schema without properties knows nothing of what is inside, and drops nothing. */
function schemaOfField(schema: unknown, name: string): unknown {
  const properties = at(schema, 'properties')
  const additional = at(schema, 'additionalProperties')
  if (isFields(properties) && properties[name] !== undefined) return properties[name]
  if (additional !== undefined) return additional
  return isFields(properties) ? 'unknown' : undefined
}

/** An object's own part; apiVersion, kind and metadata are nobody's. */
export function pruneObject(object: KubeObject, schema: unknown): void {
  const { apiVersion: _a, kind: _k, metadata: _m, ...own } = object
  prune(own, schema)
  for (const name of Object.keys(object)) {
    if (!['apiVersion', 'kind', 'metadata'].includes(name) && own[name] === undefined) delete object[name]
  }
}

export function schemaCauses(object: KubeObject, schema: unknown): readonly Cause[] {
  const { metadata: _, ...own } = object
  return causesIn(own, schema, '')
}

function causesIn(value: unknown, schema: unknown, path: string): readonly Cause[] {
  const wrong = wrongType(value, textOf(at(schema, 'type')), path) ?? wrongValue(value, schema, path)
  if (wrong) return [wrong]
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => causesIn(item, at(schema, 'items'), `${path}[${i}]`))
  }
  if (!isFields(value)) return []
  const missing = textsOf(at(schema, 'required')).filter((name) => value[name] === undefined)
  const properties = fieldsOf(at(schema, 'properties'))
  return [
    ...missing.map((name) => ({
      field: dotted(path, name),
      message: 'Required value',
      reason: 'FieldValueRequired',
    })),
    ...Object.entries(value).flatMap(([name, inner]) =>
      causesIn(inner, properties[name] ?? at(schema, 'additionalProperties'), dotted(path, name)),
    ),
  ]
}

const dotted = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

function wrongType(value: unknown, type: string, field: string): Cause | undefined {
  if (type === '' || value === undefined || value === null || typeOf(value) === type) return undefined
  if (type === 'number' && typeof value === 'number') return undefined
  const got = typeOf(value)
  return {
    field,
    message: `Invalid value: "${got}": ${field} in body must be of type ${type}: "${got}"`,
    reason: 'FieldValueTypeInvalid',
  }
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function wrongValue(value: unknown, schema: unknown, field: string): Cause | undefined {
  const allowed = listOf(at(schema, 'enum'))
  if (allowed.length > 0 && !allowed.includes(value)) {
    const list = allowed.map((one) => JSON.stringify(one)).join(', ')
    return {
      field,
      message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
      reason: 'FieldValueNotSupported',
    }
  }
  const pattern = textOf(at(schema, 'pattern'))
  if (pattern !== '' && typeof value === 'string' && !new RegExp(pattern).test(value)) {
    return { field, message: `Invalid value: "${value}": ${field} in body should match '${pattern}'` }
  }
  return undefined
}
