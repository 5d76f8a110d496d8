import type { MapNode, Node } from '#model/node.ts'
import type { BatchSize, Play } from '#model/program.ts'
import type { Context } from './context.ts'
import { type KeywordType, keywords } from './keyword-table.ts'
import { isNothing, itemsOf, valueAt } from './node-reading.ts'
import { renderStatic } from './read-tags.ts'
import type { Scope } from './scope.ts'
import { convert, typedValue, wrongType } from './typed-value.ts'

type Settings = Pick<
  Play,
  'strategy' | 'serial' | 'order' | 'maxFailPercentage' | 'forceHandlers' | 'gatherFacts' | 'factPath'
>

/** What a play says about itself as a whole. It is known before the run, so it may hold only the play's variables. */
export function playSettings(map: MapNode, scope: Scope, context: Context): Settings {
  const read = (key: string): unknown => readSetting(key, valueAt(map, key), scope, context)
  const maxFailPercentage = read('max_fail_percentage')
  const factPath = valueAt(map, 'fact_path')
  const gatherFacts = read('gather_facts')
  return {
    strategy: strategies.find((one) => one === read('strategy')) ?? 'linear',
    order: orders.find((one) => one === read('order')) ?? 'inventory',
    serial: readSerial(valueAt(map, 'serial'), scope, context),
    forceHandlers: read('force_handlers') === true,
    gatherFacts: typeof gatherFacts === 'boolean' ? gatherFacts : undefined,
    ...(typeof maxFailPercentage === 'number' && { maxFailPercentage }),
    ...(factPath && { factPath: typedValue(context.language.value(factPath), 'fact_path', 'text') }),
  }
}

const strategies = ['linear', 'free', 'host_pinned'] as const
const orders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const

function readSetting(key: string, node: Node | undefined, scope: Scope, context: Context): unknown {
  const type: KeywordType | undefined = keywords.get(key)?.type
  if (!node || !type || isNothing(node)) return undefined
  const given = renderStatic(node, scope, context, key)
  if (given === undefined) return undefined
  const converted = convert(given, type)
  if (converted === undefined) {
    context.report.add({ code: 'wrong-type', message: wrongType(key, type, given), range: node.range })
  }
  return converted
}

/** `2`, `"30%"`, or a list of them. */
function readSerial(node: Node | undefined, scope: Scope, context: Context): readonly BatchSize[] {
  if (!node || isNothing(node)) return []
  return itemsOf(node).flatMap((item) => {
    const given = renderStatic(item, scope, context, 'serial')
    const sizes = Array.isArray(given) ? given : [given]
    return sizes.flatMap((size: unknown) => batchSize(size, item, context))
  })
}

function batchSize(given: unknown, node: Node, context: Context): readonly BatchSize[] {
  if (given === undefined) return []
  const match = /^\s*(\d+)\s*(%?)\s*$/.exec(String(given))
  const number = Number(match?.[1])
  if (!match || (match[2] === '%' && number > 100)) {
    const message = `"serial" needs a number of hosts or a percentage such as "30%", not ${JSON.stringify(given)}.`
    context.report.add({ code: 'wrong-type', message, range: node.range })
    return []
  }
  if (number === 0) return []
  return [match[2] === '%' ? { percent: number } : { count: number }]
}
