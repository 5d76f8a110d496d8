import { compileSchema, type SchemaIssue } from '#lang/json-schema.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import type { Keywords } from '#model/program.ts'
import type { SourceRange } from '#model/source.ts'
import { Unknown } from '#model/unknown.ts'
import type { Value } from '#model/value.ts'
import { parseMode } from '#sdk/file-mode.ts'
import { TaskFailure } from '#sdk/module.ts'
import type { ArgumentTable } from './argument-table.ts'
import type { Context } from './context.ts'
import type { GivenArgument, GivenArguments } from './given-arguments.ts'
import { entryOf } from './node-reading.ts'
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
    if (!table.properties.has(name) && !table.isFree) unknownArgument(name, argument, table, context)
    if (table.markOf(name) === 'mode') checkMode(name, argument, context)
  }
  const known = [...given].filter(([name]) => table.properties.has(name))
  const written = Object.fromEntries(known.map(([name, { value, node }]) => [name, writtenOut(value, node)]))
  const schema = compileSchema(table.definition.args)
  for (const issue of schema.validate(schema.coerce(written))) reportIssue(issue, given, context)
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

function checkMode(name: string, { node, value }: GivenArgument, context: Context): void {
  if (node.kind !== 'scalar' || !value.literal) return
  if (typeof node.value === 'string') checkModeText(node.value, node, context)
  if (typeof node.value === 'number' && /^[1-9][0-9]*$/.test(node.raw)) decimalMode(name, node, context)
}

/** Decimal 644 is octal 1204: nobody means that. */
function decimalMode(name: string, node: ScalarNode, context: Context): void {
  const message = `"${name}" is written as the decimal number ${node.raw}, but permission bits are octal.`
  const remedy = /^[0-7]{3,4}$/.test(node.raw) ? `Write "0${node.raw}".` : 'Write it in quotes, as in "0644".'
  context.report.add({ code: 'decimal-mode', message, remedy, range: node.range })
}

/** Modules that copy understand `preserve` as well. */
function checkModeText(text: string, node: ScalarNode, context: Context): void {
  if (text === 'preserve') return
  try {
    parseMode(text, 0, false)
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error
    context.report.add({ code: 'bad-argument', message: error.message, range: node.range })
  }
}

/** A value as far as it is written out; what a run makes of the rest is unknown, and nothing is said about it. */
function writtenOut(value: Value, node: Node): unknown {
  if (value.literal) return value.render(staticLookup([]))
  if (node.kind === 'list') return node.items.map((item, i) => partOf(value.child(i), item))
  if (node.kind !== 'map') return new Unknown('')
  return Object.fromEntries(node.entries.map(({ key, value: part }) => [key, partOf(value.child(key), part)]))
}

const partOf = (value: Value | undefined, node: Node): unknown =>
  value ? writtenOut(value, node) : new Unknown('')

function reportIssue(
  { path, keyword, message, allowed }: SchemaIssue,
  given: GivenArguments,
  context: Context,
): void {
  const [name, ...rest] = path
  const argument = name === undefined ? undefined : given.get(String(name))
  // What is missing altogether is told of the task as a whole.
  if (!argument) return
  const isUnknownKey = keyword === 'additionalProperties'
  const remedy = isUnknownKey ? didYouMean(String(path.at(-1)), allowed ?? []) : undefined
  const code = isUnknownKey ? 'unknown-argument' : 'bad-argument'
  context.report.add({ code, message, remedy, range: rangeAt(argument.node, rest, isUnknownKey) })
}

/** The place of what a path leads to, or of its key, as far as it is written out. */
function rangeAt(node: Node, path: readonly (string | number)[], isKey: boolean): SourceRange {
  const [step, ...rest] = path
  if (step === undefined || node.kind === 'scalar') return node.range
  if (node.kind === 'list') {
    const item = node.items[Number(step)]
    return item ? rangeAt(item, rest, isKey) : node.range
  }
  const entry = entryOf(node, String(step))
  if (!entry) return node.range
  return isKey && rest.length === 0 ? entry.keyRange : rangeAt(entry.value, rest, isKey)
}
