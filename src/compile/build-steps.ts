import type { MapNode, Node } from '#model/node.ts'
import type { Step } from '#model/program.ts'
import { bindModule, engineAction } from './bind-modules.ts'
import { buildBlock } from './build-block.ts'
import { buildMeta } from './build-meta.ts'
import { buildTask } from './build-task.ts'
import type { Context } from './context.ts'
import { includedHandlers } from './expand-handlers.ts'
import { importTasks, includeTasks } from './expand-includes.ts'
import { importRole, includeRole } from './expand-roles.ts'
import { entryOf, shapeOf } from './node-reading.ts'
import type { Scope } from './scope.ts'

/** Builds the steps of a list of tasks. What is wrong with one is reported and the others are built all the same. */
export function buildSteps(list: Node | undefined, scope: Scope, context: Context): readonly Step[] {
  if (list?.kind !== 'list') return []
  return list.items.flatMap((item) => {
    if (item.kind === 'map') return buildStep(item, scope, context)
    const message = `A task must be a mapping, not ${shapeOf(item)}.`
    context.report.add({ code: 'wrong-shape', message, range: item.range })
    return []
  })
}

function buildStep(map: MapNode, scope: Scope, context: Context): readonly Step[] {
  if (entryOf(map, 'block')) return buildBlock(map, scope, context)
  const stray = entryOf(map, 'rescue') ?? entryOf(map, 'always')
  if (stray) {
    const message = `"${stray.key}" needs a "block" beside it.`
    context.report.add({ code: 'bad-keyword-use', message, range: stray.keyRange })
    return []
  }
  const call = bindModule(map, scope.place, context)
  if (!call) return []
  const at = { map, call, scope }
  switch (engineAction(call.name)) {
    case 'import_tasks':
      return importTasks(at, context)
    case 'import_role':
      return importRole(at, context)
    case 'include_tasks':
      return scope.place === 'handler' ? includedHandlers(at, context) : includeTasks(at, context)
    case 'include_role':
      return includeRole(at, context)
    case 'meta':
      return buildMeta(at, context)
    default:
      return [buildTask(at, context)]
  }
}
