import { literalValue } from '#lang/compile-value.ts'
import type { MapNode } from '#model/node.ts'
import type { Step } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { Call } from './bind-modules.ts'
import type { Context } from './context.ts'
import { isTemplate, valueAt } from './node-reading.ts'
import type { Scope } from './scope.ts'
import { staticText } from './static-name.ts'

/** A task as written, with what it calls and what surrounds it. */
export interface TaskPlace {
  readonly map: MapNode
  readonly call: Call
  readonly scope: Scope
}

type Common = Pick<Step, 'id' | 'name' | 'range' | 'role' | 'when' | 'tags' | 'layers' | 'keywords'>

/** What every step has; `scope` is the step's own, with its keywords already in it. */
export function commonOf(map: MapNode, scope: Scope, context: Context): Common {
  const name = nameOf(map, scope, context)
  const range = map.entries[0]?.keyRange ?? map.range
  return {
    id: context.ids.next(range, scope.role?.name),
    ...(name && { name }),
    range,
    ...(scope.role && { role: scope.role }),
    when: scope.when,
    tags: scope.tags,
    layers: scope.layers,
    keywords: scope.keywords,
  }
}

/** A handler is found by its name, so what variables of the play make of it is settled now. */
function nameOf(map: MapNode, scope: Scope, context: Context): Value | undefined {
  const node = valueAt(map, 'name')
  if (!node) return undefined
  const text = scope.place === 'handler' && isTemplate(node) ? staticText(node, scope, context) : undefined
  return text === undefined ? context.language.value(node) : literalValue(text, node.range)
}
