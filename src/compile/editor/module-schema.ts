import type { ModuleDefinition } from '#sdk/module.ts'
import { isSchema, type JsonSchema, oneOf } from './json-schema.ts'
import { argumentsAsWritten, asWritten } from './written-schema.ts'

/** A module under its own name. */
export interface NamedModule {
  readonly name: string
  readonly definition: ModuleDefinition
}

/** The name under which the document defines what may stand behind a module's name. */
export const definitionName = (module: string): string => `module_${module}`

/**
 * What may stand behind the name of a module: a mapping of its arguments, or text. Arguments that are required may
 * come from `args` or `module_defaults`, so here all may be missing.
 */
export function moduleSchema({ name, definition }: NamedModule): JsonSchema {
  const { summary, args, freeForm, argumentAliases = {} } = definition
  const schema: unknown = args
  const properties = isSchema(schema) && isSchema(schema['properties']) ? schema['properties'] : {}
  const more: unknown = isSchema(schema) ? schema['additionalProperties'] : undefined
  const own = argumentsAsWritten(properties, [])
  const aliases = Object.entries(argumentAliases).map(
    ([alias, of]) => [alias, aliasSchema(own[of], of)] as const,
  )
  const mapping = {
    type: 'object',
    properties: { ...own, ...Object.fromEntries(aliases) },
    additionalProperties: more !== false,
  }
  const free = freeForm === undefined ? [] : [asWritten(properties[freeForm])]
  return { title: name, ...oneOf(summary, [mapping, { type: ['string', 'null'] }, ...free]) }
}

function aliasSchema(schema: unknown, of: string): JsonSchema {
  return { ...(isSchema(schema) ? schema : {}), description: `The same as "${of}".` }
}
