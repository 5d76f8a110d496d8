/** A part of a JSON Schema, with the names that lead to it. */
export interface SchemaPart {
  readonly path: string
  readonly schema: Readonly<Record<string, unknown>>
}

type Schema = Readonly<Record<string, unknown>>

export const isMapping = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every argument of a module's schema, and those inside of arguments: in lists, mappings and alternatives. */
export function describedParts(schema: unknown, above = ''): readonly SchemaPart[] {
  if (!isMapping(schema)) return []
  const properties = isMapping(schema['properties']) ? Object.entries(schema['properties']) : []
  const own = properties.flatMap(([name, part]) => {
    const path = above === '' ? name : `${above}.${name}`
    return isMapping(part) ? [{ path, schema: part }, ...describedParts(part, path)] : []
  })
  const patterns = isMapping(schema['patternProperties']) ? Object.values(schema['patternProperties']) : []
  const branches = Array.isArray(schema['anyOf']) ? schema['anyOf'] : []
  const inner = [...patterns, ...branches, schema['items']].flatMap((part) => describedParts(part, above))
  return [...own, ...inner]
}

/** Example arguments as a module gets them: conditions and expressions with an outcome. */
export function withExpressionsEvaluated(schema: unknown, args: unknown): unknown {
  if (!isMapping(args)) return args
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const mark = markOf(schema, name)
      if (mark === 'expression') return [name, { text: String(value), value: 'a value' }]
      if (mark !== 'condition') return [name, value]
      return [name, [value].flat().map((one) => ({ text: String(one), value: true }))]
    }),
  )
}

/** The arguments with a text for each one that is secret; the same object when none is. */
export function withSecrets(schema: unknown, args: unknown, text: string): unknown {
  const properties = isMapping(schema) && isMapping(schema['properties']) ? schema['properties'] : {}
  const names = Object.keys(properties).filter((name) => markOf(schema, name) === 'secret')
  if (names.length === 0 || !isMapping(args)) return args
  return { ...args, ...Object.fromEntries(names.map((name) => [name, text])) }
}

function markOf(schema: unknown, name: string): unknown {
  const properties = isMapping(schema) && isMapping(schema['properties']) ? schema['properties'] : {}
  const property = properties[name]
  return isMapping(property) ? property['x-tsplay'] : undefined
}
