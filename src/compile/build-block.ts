import type { MapNode } from '#model/node.ts'
import type { Block } from '#model/program.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { valueAt } from './node-reading.ts'
import { checkKeywords, reportUnknown } from './read-keywords.ts'
import { readLoop } from './read-loop.ts'
import type { Scope } from './scope.ts'
import { commonOf } from './step-place.ts'

/** Builds a block with its rescue and always; what the block says holds for the tasks in all three. */
export function buildBlock(map: MapNode, scope: Scope, context: Context): readonly Block[] {
  if (scope.place === 'handler') {
    const message = 'A block cannot be a handler.'
    const remedy = 'Give each handler the same "listen" topic and notify that.'
    context.report.add({ code: 'bad-keyword-use', message, remedy, range: map.range })
    return []
  }
  for (const entry of checkKeywords(map, 'block', context)) {
    if (!entry.key.startsWith('with_')) reportUnknown(entry, 'block', context)
  }
  const inner = enterScope(scope, map, { level: 16, origin: 'block vars' }, context)
  const loop = readLoop(map, context)
  return [
    {
      kind: 'block',
      ...commonOf(map, inner, context),
      block: context.steps(valueAt(map, 'block'), inner),
      rescue: context.steps(valueAt(map, 'rescue'), inner),
      always: context.steps(valueAt(map, 'always'), inner),
      ...(loop && { loop }),
    },
  ]
}
