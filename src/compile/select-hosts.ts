import { type Pattern, parsePattern, unknownNames } from '#lang/host-pattern.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { Context } from './context.ts'
import type { DynamicNames } from './dynamic-names.ts'
import { itemsOf, textOf } from './node-reading.ts'
import { partOfText } from './part-of-text.ts'
import { didYouMean } from './report.ts'

/**
 * Checks the pattern of a play: that it can be read, and that each plain name in it is a host or group, now or by an
 * `add_host` or `group_by` of the playbooks.
 */
export function checkPattern(hosts: Node, dynamic: DynamicNames, context: Context): void {
  for (const item of itemsOf(hosts)) {
    const text = textOf(item)
    if (text === undefined || item.kind !== 'scalar') continue
    const pattern = parsePattern(text)
    if (pattern.kind === 'pattern') checkNames(pattern, item, dynamic, context)
    else
      context.report.add({
        code: 'bad-pattern',
        message: pattern.message,
        range: rangeIn(item, pattern),
      })
  }
}

function checkNames(pattern: Pattern, node: ScalarNode, dynamic: DynamicNames, context: Context): void {
  if (dynamic.anyHost) return
  const { hosts, groups } = context.inventory
  for (const term of unknownNames(pattern, context.inventory)) {
    if (dynamic.hosts.has(term.text)) continue
    context.report.add({
      code: 'unknown-host',
      severity: context.request.unknownHosts === 'warn' ? 'warning' : 'error',
      message: `The inventory has no host or group "${term.text}".`,
      remedy: didYouMean(term.text, [...groups.keys(), ...hosts.keys(), ...dynamic.hosts]),
      range: rangeIn(node, term),
    })
  }
}

const rangeIn = (node: ScalarNode, { start, end }: { start: number; end: number }): SourceRange =>
  typeof node.value === 'string' ? partOfText(node, [{ start, end }]).range : node.range
