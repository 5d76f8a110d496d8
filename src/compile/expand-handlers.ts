import type { Task } from '#model/program.ts'
import { listenOf } from './build-task.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { applied, missingFile, reportMissing, stepsOf } from './expand-includes.ts'
import { entryOf, valueAt } from './node-reading.ts'
import { findTaskFile } from './project-files.ts'
import { readOptions } from './read-options.ts'
import type { Scope } from './scope.ts'
import { staticName } from './static-name.ts'
import type { TaskPlace } from './step-place.ts'

/**
 * Replaces an `include_tasks` among handlers by the tasks of its file, which all listen to its name and topics: to
 * notify it runs them in their order. The file must be known before the run.
 */
export function includedHandlers(place: TaskPlace, context: Context): readonly Task[] {
  const { map, scope } = place
  const loop =
    map.entries.find(({ key }) => key === 'loop' || key.startsWith('with_')) ?? entryOf(map, 'register')
  if (loop) {
    const message = `"${loop.key}" has no meaning on an include among handlers.`
    context.report.add({ code: 'bad-keyword-use', message, range: loop.keyRange })
  }
  const options = readOptions(place, { names: ['file', 'apply'], bare: 'file' }, context)
  const node = options.get('file')
  if (!node) return missingFile(place, context)
  const instead = 'Handlers are known before the run: write the name of the file.'
  const name = staticName(node, { option: 'file', instead }, { scope, context })
  const file =
    name === undefined ? undefined : findTaskFile({ name, scope, range: node.range }, context.project)
  if (!file) return name === undefined ? [] : reportMissing(name, node, { scope, context })
  if (isCircle(file.absolutePath, place, context)) return []
  const own = enterScope(scope, map, { level: 21, origin: 'vars of include_tasks' }, context)
  const inner = applied({ ...scope, when: own.when, layers: own.layers }, options.get('apply'), context)
  const topics = topicsOf(place, inner, context)
  return stepsOf(file, inner, context)
    .filter((step) => step.kind === 'task')
    .map((task) => ({ ...task, listen: [...task.listen, ...topics] }))
}

function isCircle(path: string, { scope, call }: TaskPlace, context: Context): boolean {
  if (!scope.files.includes(path)) return false
  const message = 'This file includes itself without end.'
  context.report.add({ code: 'include-cycle', message, range: call.args?.range ?? call.entry.keyRange })
  return true
}

function topicsOf({ map }: TaskPlace, scope: Scope, context: Context): readonly string[] {
  const name = valueAt(map, 'name')
  const text =
    name && staticName(name, { option: 'name', instead: 'Write the name out.' }, { scope, context })
  return [...(text === undefined ? [] : [text]), ...listenOf(valueAt(map, 'listen'))]
}
