import { compileSchema, type SchemaIssue } from '#lang/json-schema.ts'
import type { JsonSchema } from './argument-table.ts'

const compiled = new WeakMap<JsonSchema, Map<string, ReturnType<typeof compileSchema>>>()

/** What is wrong with the literal value of one argument; messages call it by its name. Paths begin with the name. */
export function schemaIssues(name: string, schema: JsonSchema, value: unknown): readonly SchemaIssue[] {
  const byName = compiled.get(schema) ?? new Map<string, ReturnType<typeof compileSchema>>()
  compiled.set(schema, byName)
  const known = byName.get(name) ?? compileSchema({ type: 'object', properties: { [name]: schema } })
  byName.set(name, known)
  return known.validate(known.coerce({ [name]: value }))
}
