import { isSchema, type JsonSchema, oneOf, ref } from './json-schema.ts'

/**
 * A schema of values that a module gets, as the schema of what a person may write for them: templates wherever
 * a value stands, numbers and booleans also as text, one item for a list of one, commas in a list of texts.
 */
export function asWritten(schema: unknown): JsonSchema {
  if (!isSchema(schema)) return {}
  const description = textIn(schema, 'description')
  const mark = schema['x-tsplay']
  if (mark === 'condition') return oneOf(description, [ref('conditions')])
  if (mark === 'expression') return described(schema, { type: ['string', 'number', 'boolean'] })
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(branches)) return described(schema, { anyOf: branches.map(asWritten) })
  if (Array.isArray(schema['enum'])) return choice(schema, schema['enum'])
  const types = typesOf(schema)
  if (types.length === 0) return described(schema, {})
  const forms = types.flatMap((type) => formsOf(type, schema))
  return described(schema, forms.length === 1 ? (forms[0] ?? {}) : { anyOf: forms })
}

/** What an editor shows beside the value. */
function described(schema: JsonSchema, form: JsonSchema): JsonSchema {
  const shown = { ...pick(schema, ['description', 'default']) }
  return '$ref' in form ? { ...shown, allOf: [form] } : { ...shown, ...form }
}

const textIn = (schema: JsonSchema, key: string): string | undefined => {
  const value = schema[key]
  return typeof value === 'string' ? value : undefined
}

function typesOf({ type }: JsonSchema): readonly string[] {
  return (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string')
}

/** Words such as `yes` and `no` are booleans to whoever writes them without quotes. */
function choice(schema: JsonSchema, words: readonly unknown[]): JsonSchema {
  const isSwitch = words.some((word) => ['yes', 'no', 'on', 'off', 'true', 'false'].includes(String(word)))
  const branches = [{ enum: words }, ...(isSwitch ? [{ type: 'boolean' }] : []), ref('template')]
  return described(schema, { anyOf: branches })
}

function formsOf(type: string, schema: JsonSchema): readonly JsonSchema[] {
  switch (type) {
    case 'boolean':
      return [ref('boolean')]
    case 'integer':
    case 'number':
      return numberForms(type, schema)
    case 'string':
      return stringForms(schema)
    case 'array':
      return arrayForms(schema)
    case 'object':
      return [objectForm(schema), ref('template')]
    default:
      return [{ type }]
  }
}

/** Limits hold for numbers; text is converted first. */
function numberForms(type: 'integer' | 'number', schema: JsonSchema): readonly JsonSchema[] {
  const limits = pick(schema, ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'])
  if (Object.keys(limits).length === 0) return [ref(type)]
  return [{ allOf: [ref(type)], ...limits }]
}

function stringForms(schema: JsonSchema): readonly JsonSchema[] {
  const limits = pick(schema, ['pattern', 'minLength', 'maxLength'])
  if (Object.keys(limits).length === 0) return [ref('text')]
  return [{ type: ['string', 'number', 'boolean'], ...limits }, ref('template')]
}

function arrayForms(schema: JsonSchema): readonly JsonSchema[] {
  const items = asWritten(schema['items'])
  const limits = pick(schema, ['minItems', 'maxItems', 'uniqueItems'])
  const { description: _, default: __, ...single } = items
  // Text may hold commas or be a template that gives the whole list.
  return [
    { type: 'array', items, ...limits },
    { type: 'string' },
    ...(isSchemaOfText(single) ? [] : [single]),
  ]
}

const isSchemaOfText = (schema: JsonSchema): boolean => schema['$ref'] === '#/definitions/template'

function objectForm(schema: JsonSchema): JsonSchema {
  const { properties, patternProperties, additionalProperties: more } = schema
  return {
    type: 'object',
    ...(isSchema(properties) && { properties: argumentsAsWritten(properties, requiredOf(schema)) }),
    ...(isSchema(patternProperties) && { patternProperties: mapped(patternProperties) }),
    ...(more !== undefined && { additionalProperties: isSchema(more) ? asWritten(more) : more }),
    ...pick(schema, ['required']),
  }
}

const requiredOf = ({ required }: JsonSchema): readonly unknown[] => (Array.isArray(required) ? required : [])

/** `key:` with nothing behind it means that the key is not given, so what may be left out may be empty. */
export function argumentsAsWritten(properties: JsonSchema, required: readonly unknown[]): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const written = asWritten(property)
      return [name, required.includes(name) ? written : orNothing(written)]
    }),
  )
}

function orNothing(schema: JsonSchema): JsonSchema {
  const { description, default: given, ...form } = schema
  if (Object.keys(form).length === 0) return schema
  const shown = {
    ...(description !== undefined && { description }),
    ...(given !== undefined && { default: given }),
  }
  return { ...shown, anyOf: [...branchesOf(form), { type: 'null' }] }
}

function branchesOf(form: JsonSchema): readonly unknown[] {
  const { anyOf, allOf } = form
  if (Object.keys(form).length > 1) return [form]
  if (Array.isArray(anyOf)) return anyOf
  return Array.isArray(allOf) && allOf.length === 1 ? allOf : [form]
}

const mapped = (schemas: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, asWritten(schema)]))

function pick(schema: JsonSchema, keys: readonly string[]): JsonSchema {
  return Object.fromEntries(keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]))
}
