import { conditionsValue, expressionValue } from '#lang/evaluated-value.ts'
import type { MapEntry, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import type { ModuleDefinition } from '#sdk/module.ts'
import type { Context } from './context.ts'
import { derivedValue } from './derived-value.ts'
import type { GivenArgument, GivenArguments } from './given-arguments.ts'
import { checkName } from './layer-vars.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** The arguments of a module, as its schema and its table of aliases describe them. */
export class ArgumentTable {
  readonly module: string
  readonly definition: ModuleDefinition
  readonly properties: ReadonlyMap<string, JsonSchema>
  readonly required: readonly string[]
  /** Whether any other name is an argument too (`set_fact`). */
  readonly isFree: boolean
  readonly #aliases: Readonly<Record<string, string>>

  constructor(module: string, definition: ModuleDefinition) {
    const schema = definition.args
    this.module = module
    this.definition = definition
    this.properties = new Map(Object.entries(objectAt(schema, 'properties')).filter(isSchemaEntry))
    this.required = listAt(schema, 'required')
    this.isFree = Reflect.get(schema, 'additionalProperties') !== false
    this.#aliases = definition.argumentAliases ?? {}
  }

  /** The module's own name for an argument. */
  canonical(name: string): string {
    return this.#aliases[name] ?? name
  }

  /** Every name an argument goes by. */
  names(): string[] {
    return [...this.properties.keys(), ...Object.keys(this.#aliases)]
  }

  /** What the engine has to know about an argument's type: `mode`, `condition` … */
  markOf(name: string): unknown {
    return this.properties.get(name)?.['x-tsplay']
  }

  /** Arguments as written, under their own names, compiled as their types want it. */
  name(entries: readonly MapEntry[], context: Context): GivenArguments {
    const given = new Map<string, GivenArgument>()
    for (const { key, keyRange, value } of entries) {
      const name = this.canonical(key)
      const earlier = given.get(name)
      if (earlier) {
        const message = `"${this.module}" is given the argument "${name}" twice.`
        const related = [{ message: 'The first one stands here.', range: earlier.keyRange }]
        context.report.add({ code: 'bad-argument', message, range: keyRange, related })
      }
      const keyTemplate = this.#keyTemplate(name, keyRange, context)
      given.set(name, {
        node: value,
        keyRange,
        value: this.#value(name, value, context),
        ...(keyTemplate && { keyTemplate }),
      })
    }
    return given
  }

  /** A mapping that is known only at run time, with its names made the module's own then. */
  renamed(value: Value): Value {
    return derivedValue(value, (rendered) => {
      if (typeof rendered !== 'object' || rendered === null || Array.isArray(rendered)) return rendered
      return Object.fromEntries(Object.entries(rendered).map(([key, one]) => [this.canonical(key), one]))
    })
  }

  /** Where any name is an argument, it is the name of a variable, and may be made by a template. */
  #keyTemplate(name: string, range: SourceRange, context: Context): Value | undefined {
    if (!this.isFree || this.properties.has(name)) return undefined
    if (name.includes('{{')) {
      return context.language.value({ kind: 'scalar', value: name, raw: name, style: 'plain', range })
    }
    checkName(name, range, context)
    return undefined
  }

  #value(name: string, node: Node, context: Context): Value {
    const mark = this.markOf(name)
    if (mark === 'condition') return conditionsValue(context.language.conditions(node), node.range)
    if (mark === 'expression' && node.kind === 'scalar')
      return expressionValue(context.language.expression(node))
    return context.language.value(node)
  }
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSchemaEntry = (entry: [string, unknown]): entry is [string, JsonSchema] => isObject(entry[1])

function objectAt(schema: object, key: string): JsonSchema {
  const value: unknown = Reflect.get(schema, key)
  return isObject(value) ? value : {}
}

function listAt(schema: object, key: string): readonly string[] {
  const value: unknown = Reflect.get(schema, key)
  return Array.isArray(value) ? value.map(String) : []
}
