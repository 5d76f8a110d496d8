import type { MapEntry, MapNode, Node, ScalarNode } from '#model/node.ts'
import type { Keywords } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { ModuleDefinition } from '#sdk/module.ts'
import { ArgumentTable } from './argument-table.ts'
import type { Call } from './bind-modules.ts'
import { checkArguments } from './check-args.ts'
import type { Context } from './context.ts'
import { argumentsValue, type GivenArguments } from './given-arguments.ts'
import { mergedValue } from './merged-value.ts'
import { isNothing, isTemplate, shapeOf, valueAt } from './node-reading.ts'
import { readLine } from './read-line.ts'

export interface ArgumentPlace {
  readonly map: MapNode
  readonly call: Call
  readonly keywords: Keywords
}

/**
 * The arguments of a module call as one mapping with the module's own names, from all the forms a task may
 * write them in; checked as far as they are written out. `args:` is weaker than what stands at the module.
 */
export function bindArguments({ map, call, keywords }: ArgumentPlace, context: Context): Value {
  const definition = context.catalogue.module(call.name)
  const table = new ArgumentTable(call.name, definition)
  const more = valueAt(map, 'args')
  const sources = [
    ...(more ? [{ node: more, from: 0 }] : []),
    ...(call.args ? [{ node: call.args, from: call.argsFrom }] : []),
  ]
  const parts = sources.map(({ node, from }) => readPart({ node, from, definition }, table, context))
  const range = call.entry.keyRange
  const written = parts.flatMap((part) => (part !== 'broken' && 'entries' in part ? [part.entries] : []))
  const templates = parts.flatMap((part) => (part !== 'broken' && 'template' in part ? [part.template] : []))
  const named = new Map(written.flatMap((entries) => [...entries]))
  checkArguments(
    { table, given: named, isOpen: templates.length > 0 || parts.includes('broken'), keywords, range },
    context,
  )
  const literal = argumentsValue(named, range)
  return templates.length === 0 ? literal : mergedValue([...templates, literal], range)
}

type Part = { readonly entries: GivenArguments } | { readonly template: Value } | 'broken'

interface Source {
  readonly node: Node
  readonly from: number
  readonly definition: ModuleDefinition
}

function readPart({ node, from, definition }: Source, table: ArgumentTable, context: Context): Part {
  if (isNothing(node)) return { entries: new Map() }
  if (node.kind === 'map') return { entries: table.name(node.entries, context) }
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    if (isWholeTemplate(node) && definition.freeForm === undefined) {
      return { template: table.renamed(context.language.value(node)) }
    }
    return { entries: table.name(readLine({ node, from }, table, context), context) }
  }
  const single = freeFormEntry(node, definition)
  if (single) return { entries: table.name([single], context) }
  const message = `The arguments of "${table.module}" must be a mapping, not ${shapeOf(node)}.`
  context.report.add({ code: 'wrong-shape', message, range: node.range })
  return 'broken'
}

const isWholeTemplate = (node: ScalarNode): boolean =>
  isTemplate(node) && (node.tag === 'expr' || /^\s*\{\{(?:(?!\}\})[\s\S])*\}\}\s*$/.test(String(node.value)))

/** `pause: 5` and `command: [ls, -l]`: one value for the argument that a bare one goes to. */
function freeFormEntry(node: Node, { freeForm }: ModuleDefinition): MapEntry | undefined {
  return freeForm === undefined ? undefined : { key: freeForm, keyRange: node.range, value: node }
}
