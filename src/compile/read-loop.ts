import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { Loop } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { Context } from './context.ts'
import { checkName } from './layer-vars.ts'
import { entryOf, isTemplate, textOf, valueAt } from './node-reading.ts'
import { didYouMean } from './report.ts'
import { convert, typedValue, wrongType } from './typed-value.ts'
import { readWith } from './with-lookups.ts'

/** Reads `loop` or `with_…`, and `loop_control`. */
export function readLoop(map: MapNode, context: Context): Loop | undefined {
  const [first, second] = map.entries.filter(({ key }) => key === 'loop' || key.startsWith('with_'))
  const control = entryOf(map, 'loop_control')
  if (!first) {
    if (control) misplacedControl(control, context)
    return undefined
  }
  if (second) {
    const message = `"${first.key}" and "${second.key}" cannot stand side by side.`
    context.report.add({ code: 'bad-keyword-use', message, range: second.keyRange })
  }
  const over =
    first.key === 'loop' ? { over: loopValue(first, context), flatten: false } : readWith(first, context)
  return over && { ...over, ...readControl(control?.value, context) }
}

function misplacedControl(control: MapEntry, context: Context): void {
  const message = '"loop_control" needs a "loop" beside it.'
  context.report.add({ code: 'bad-keyword-use', message, range: control.keyRange })
}

/** A string is an expression, whether in braces or not. */
function loopValue({ value }: MapEntry, context: Context): Value {
  if (value.kind === 'scalar' && typeof value.value === 'string' && !isTemplate(value)) {
    return context.language.value({ ...value, tag: 'expr' })
  }
  if (value.kind !== 'list' && !isTemplate(value)) {
    const message = wrongType('loop', 'list', value.kind === 'map' ? {} : value.value)
    const remedy = value.kind === 'map' ? 'items(x) gives a mapping as a list of {key, value}.' : undefined
    context.report.add({ code: 'wrong-type', message, remedy, range: value.range })
  }
  return context.language.value(value)
}

/** What `loop_control` has. */
export const loopControls = [
  'loop_var',
  'index_var',
  'label',
  'pause',
  'extended',
  'extended_allitems',
  'break_when',
] as const

function readControl(node: Node | undefined, context: Context): Omit<Loop, 'over' | 'flatten'> {
  const map: MapNode | undefined = node?.kind === 'map' ? node : undefined
  for (const { key, keyRange: range } of map?.entries ?? []) {
    if (loopControls.some((one) => one === key)) continue
    const message = `"loop_control" has no "${key}".`
    context.report.add({ code: 'unknown-keyword', message, remedy: didYouMean(key, loopControls), range })
  }
  const value = (key: string) => {
    const at = map && valueAt(map, key)
    return at && context.language.value(at)
  }
  const index = variableName(map, 'index_var', context)
  const label = value('label')
  const pause = value('pause')
  const breakWhen = map && valueAt(map, 'break_when')
  return {
    variable: variableName(map, 'loop_var', context) ?? 'item',
    extended: readExtended(map, context),
    ...(index !== undefined && { index }),
    ...(label && { label }),
    ...(pause && { pause: typedValue(pause, 'pause', 'number') }),
    ...(breakWhen && { breakWhen: context.language.conditions(breakWhen) }),
  }
}

function variableName(map: MapNode | undefined, key: string, context: Context): string | undefined {
  const node = map && valueAt(map, key)
  const name = textOf(node)
  if (!node || name === undefined) return undefined
  return checkName(name, node.range, context) ? name : undefined
}

function readExtended(map: MapNode | undefined, context: Context): boolean {
  const node = map && valueAt(map, 'extended')
  if (!node) return false
  const given = node.kind === 'scalar' ? convert(node.value, 'boolean') : undefined
  if (typeof given === 'boolean') return given
  const message = wrongType('extended', 'boolean', node.kind === 'scalar' ? node.value : {})
  context.report.add({ code: 'wrong-type', message, range: node.range })
  return false
}
