import type { MapNode, Node } from '#model/node.ts'
import type { VarsPrompt } from '#model/program.ts'
import type { Context } from './context.ts'
import { checkName } from './layer-vars.ts'
import { entryOf, itemsOf, shapeOf, textOf, valueAt } from './node-reading.ts'
import { didYouMean } from './report.ts'
import { convert, wrongType } from './typed-value.ts'

/** What an entry of `vars_prompt` has. */
export const promptKeys = ['name', 'prompt', 'default', 'private', 'confirm', 'unsafe']

/** Ansible can encrypt an answer for /etc/shadow; here a function does that where the answer is used. */
const dropped = ['encrypt', 'salt', 'salt_size']

/** Reads `vars_prompt`: what to ask before a play. */
export function readPrompts(list: Node | undefined, context: Context): readonly VarsPrompt[] {
  return list ? itemsOf(list).flatMap((item) => readPrompt(item, context)) : []
}

function readPrompt(node: Node, context: Context): readonly VarsPrompt[] {
  const name = node.kind === 'map' ? textOf(valueAt(node, 'name')) : undefined
  if (node.kind !== 'map' || name === undefined) {
    const message = `An entry of "vars_prompt" needs a mapping with "name", not ${shapeOf(node)}.`
    context.report.add({ code: 'wrong-shape', message, range: node.range })
    return []
  }
  checkKeys(node, context)
  const { range } = valueAt(node, 'name') ?? node
  if (!checkName(name, range, context)) return []
  const given = textOf(valueAt(node, 'default'))
  return [
    {
      name,
      prompt: textOf(valueAt(node, 'prompt')) ?? name,
      ...(given !== undefined && { default: given }),
      private: flag(node, 'private', true, context),
      confirm: flag(node, 'confirm', false, context),
      range,
    },
  ]
}

function checkKeys(map: MapNode, context: Context): void {
  for (const { key, keyRange: range } of map.entries) {
    if (promptKeys.includes(key)) continue
    const remedy = dropped.includes(key)
      ? 'Encrypt the answer where it is used.'
      : (didYouMean(key, promptKeys) ?? `It has ${promptKeys.join(', ')}.`)
    context.report.add({ code: 'unknown-keyword', message: `"vars_prompt" has no "${key}".`, remedy, range })
  }
}

function flag(map: MapNode, key: string, otherwise: boolean, context: Context): boolean {
  const node = entryOf(map, key)?.value
  if (!node) return otherwise
  const given = node.kind === 'scalar' ? convert(node.value, 'boolean') : undefined
  if (typeof given === 'boolean') return given
  const message = wrongType(key, 'boolean', node.kind === 'scalar' ? node.value : {})
  context.report.add({ code: 'wrong-type', message, range: node.range })
  return otherwise
}
