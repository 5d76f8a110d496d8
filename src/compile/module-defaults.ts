import type { MapEntry, Node } from '#model/node.ts'
import type { Value } from '#model/value.ts'
import { ArgumentTable } from './argument-table.ts'
import { canonicalName, engineAction } from './bind-modules.ts'
import { checkGiven } from './check-args.ts'
import type { Context } from './context.ts'
import { argumentsValue } from './given-arguments.ts'
import { isTemplate, itemsOf } from './node-reading.ts'
import { didYouMean } from './report.ts'

/** Reads `module_defaults`: arguments by module, under the modules' own names, checked like those of tasks. */
export function readModuleDefaults(
  node: Node | undefined,
  context: Context,
): readonly ReadonlyMap<string, Value>[] {
  if (!node) return []
  return itemsOf(node).flatMap((item) => {
    if (item.kind !== 'map') return []
    return [new Map(item.entries.flatMap((entry) => defaultsOf(entry, context)))]
  })
}

function defaultsOf(
  { key, keyRange, value }: MapEntry,
  context: Context,
): readonly (readonly [string, Value])[] {
  const name = canonicalName(key, context)
  if (name === undefined || engineAction(name)) {
    const message = `"module_defaults" names "${key}", which is no module.`
    const remedy = didYouMean(key, context.catalogue.names())
    context.report.add({ code: 'unknown-module', message, remedy, range: keyRange })
    return []
  }
  const table = new ArgumentTable(name, context.catalogue.module(name))
  if (value.kind !== 'map') {
    return isTemplate(value) ? [[name, table.renamed(context.language.value(value))]] : []
  }
  const given = table.name(value.entries, context)
  checkGiven(table, given, context)
  return [[name, argumentsValue(given, value.range)]]
}
