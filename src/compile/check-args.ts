import type { Node } from '#model/node.ts'
import type { Keywords } from '#model/program.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import { schemaIssues } from './argument-schema.ts'
import { type ArgumentTable, isObject, type JsonSchema } from './argument-table.ts'
import type { Context } from './context.ts'
import type { GivenArgument, GivenArguments } from './given-arguments.ts'
import { didYouMean } from './report.ts'
import { staticLookup } from './static-lookup.ts'

interface Called {
  readonly table: ArgumentTable
  readonly given: GivenArguments
  /** Whether some arguments are known only at run time. */
  readonly isOpen: boolean
  readonly keywords: Keywords
  readonly range: SourceRange
}

/** Checks the arguments of a task, as far as they are written out: names, types, values, and that none is missing. */
export function checkArguments({ table, given, isOpen, keywords, range }: Called, context: Context): void {
  checkGiven(table, given, context)
  if (isOpen) return
  const defaults = keywords.moduleDefaults.flatMap((layer) => layer.get(table.module) ?? [])
  if (defaults.some(({ keys }) => keys === undefined)) return
  for (const name of table.required) {
    if (given.has(name) || defaults.some(({ keys }) => keys?.includes(name))) continue
    const message = `"${table.module}" needs the argument "${name}".`
    context.report.add({ code: 'missing-argument', message, remedy: seeDoc(table), range })
  }
}

/** Checks names, types and values of arguments that may be only some of a module's. */
export function checkGiven(table: ArgumentTable, given: GivenArguments, context: Context): void {
  for (const [name, argument] of given) {
    const schema = table.properties.get(name)
    if (schema) checkValue({ name, schema, ...argument }, context)
    else if (!table.isFree) unknownArgument(name, argument, table, context)
  }
}

const seeDoc = ({ module }: ArgumentTable): string =>
  `Run \`tsplay doc ${module}\` to see the arguments it takes.`

function unknownArgument(
  name: string,
  { keyRange: range }: GivenArgument,
  table: ArgumentTable,
  context: Context,
): void {
  const message = `"${table.module}" has no argument "${name}".`
  const remedy = [didYouMean(name, table.names()), seeDoc(table)]
    .filter((part) => part !== undefined)
    .join(' ')
  context.report.add({ code: 'unknown-argument', message, remedy, range })
}

interface Checked {
  /** As a person would write the way to it: `names[1]`, `rule.port`. */
  readonly name: string
  readonly schema: JsonSchema
  readonly node: Node
  readonly value: Value
}

function checkValue(checked: Checked, context: Context): void {
  const { schema, value } = checked
  const mark = schema['x-tsplay']
  if (mark === 'condition' || mark === 'expression') return
  if (mark === 'mode') checkMode(checked, context)
  const { node } = checked
  if (value.literal) checkLiteral(checked, context)
  else if (node.kind === 'list') checkItems(checked, node.items, context)
  else if (node.kind === 'map') checkEntries(checked, context)
}

/** Decimal 644 is octal 1204: nobody means that. */
function checkMode({ name, node }: Checked, context: Context): void {
  if (node.kind !== 'scalar' || typeof node.value !== 'number' || !/^[1-9][0-9]*$/.test(node.raw)) return
  const message = `"${name}" is written as the decimal number ${node.raw}, but permission bits are octal.`
  const remedy = /^[0-7]{3,4}$/.test(node.raw) ? `Write "0${node.raw}".` : 'Write it in quotes, as in "0644".'
  context.report.add({ code: 'decimal-mode', message, remedy, range: node.range })
}

function checkLiteral({ name, schema, node, value }: Checked, context: Context): void {
  for (const { path, message } of schemaIssues(name, schema, value.render(staticLookup([])))) {
    context.report.add({ code: 'bad-argument', message, range: rangeAt(node, path.slice(1)) })
  }
}

/** The place of what a path leads to, as far as it is written out. */
function rangeAt(node: Node, path: readonly (string | number)[]): SourceRange {
  const [step, ...rest] = path
  if (step === undefined) return node.range
  const child =
    node.kind === 'list'
      ? node.items[Number(step)]
      : node.kind === 'map'
        ? node.entries.find(({ key }) => key === String(step))?.value
        : undefined
  return child ? rangeAt(child, rest) : node.range
}

function checkItems({ name, schema, value }: Checked, items: readonly Node[], context: Context): void {
  const { items: itemSchema } = schema
  if (!isObject(itemSchema)) return
  items.forEach((node, i) => {
    const child = value.child(i)
    if (child) checkValue({ name: `${name}[${i}]`, schema: itemSchema, node, value: child }, context)
  })
}

function checkEntries({ name, schema, node, value }: Checked, context: Context): void {
  if (node.kind !== 'map' || !isObject(schema['properties'])) return
  const { properties } = schema
  for (const { key, keyRange: range, value: part } of node.entries) {
    const partSchema = properties[key]
    const child = value.child(key)
    if (isObject(partSchema) && child) {
      checkValue({ name: `${name}.${key}`, schema: partSchema, node: part, value: child }, context)
    } else if (schema['additionalProperties'] === false && partSchema === undefined) {
      const message = `"${name}" has no "${key}".`
      const remedy = didYouMean(key, Object.keys(properties))
      context.report.add({ code: 'unknown-argument', message, remedy, range })
    }
  }
}
