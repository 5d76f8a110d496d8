import { EvaluationError } from '#model/evaluation-error.ts'
import type { MapNode, Node } from '#model/node.ts'
import type { Include, Included, IncludeRequest, Step } from '#model/program.ts'
import type { YamlFile } from '#model/syntax.ts'
import { readRegister } from './build-task.ts'
import type { Context } from './context.ts'
import { enterScope } from './enter-scope.ts'
import { entryOf, isTemplate, shapeOf, textOf, valueAt } from './node-reading.ts'
import { type Later, openLater } from './open-later.ts'
import { findTaskFile, searchFrom, wasReported } from './project-files.ts'
import { checkKeywords, reportUnknown } from './read-keywords.ts'
import { readLoop } from './read-loop.ts'
import { readOptions } from './read-options.ts'
import type { Scope } from './scope.ts'
import { staticName } from './static-name.ts'
import { commonOf, type TaskPlace } from './step-place.ts'

/** Replaces `import_tasks` by the steps of its file; its keywords, tags, conditions and vars hold for each of them. */
export function importTasks(place: TaskPlace, context: Context): readonly Step[] {
  const { map, scope } = place
  const node = readOptions(place, { names: ['file'], bare: 'file' }, context).get('file')
  if (!node) return missingFile(place, context)
  const name = staticName(
    node,
    { option: 'file', instead: 'Use "include_tasks", which is read when it is reached.' },
    { scope, context },
  )
  if (name === undefined) return []
  const file = findTaskFile({ name, scope, range: node.range }, context.project)
  if (!file) return reportMissing(name, node, { scope, context })
  if (scope.files.includes(file.absolutePath)) {
    const message = `"${name}" imports itself without end.`
    context.report.add({ code: 'include-cycle', message, range: node.range })
    return []
  }
  const inner = enterScope(scope, map, { level: 16, origin: 'vars of import_tasks' }, context)
  return stepsOf(file, inner, context)
}

export function missingFile({ call }: TaskPlace, context: Context): readonly [] {
  const message = `"${call.name}" needs the name of a file.`
  context.report.add({ code: 'missing-argument', message, range: call.entry.keyRange })
  return []
}

/** A name made of variables may mean a file that was not read yet. */
export function reportMissing(
  name: string,
  node: Node,
  { scope, context }: { scope: Scope; context: Context },
): readonly [] {
  if (isTemplate(node)) {
    const kind = scope.place === 'handler' ? 'handlers' : 'tasks'
    context.wanted.push({ kind, name, ...searchFrom(scope) })
  }
  if (wasReported(context.project, 'file-missing', node.range)) return []
  const message = `There is no task file "${name}".`
  context.report.add({ code: 'file-missing', message, range: node.range })
  return []
}

/** The steps of a task file, inside what surrounds it. */
export function stepsOf(file: YamlFile, scope: Scope, context: Context): readonly Step[] {
  const { root, absolutePath } = file
  if (root && root.kind !== 'list' && !(root.kind === 'scalar' && root.value === null)) {
    const message = `A task file must be a list of tasks, not ${shapeOf(root)}.`
    context.report.add({ code: 'wrong-shape', message, range: root.range })
  }
  return context.steps(root, { ...scope, file: absolutePath, files: [...scope.files, absolutePath] })
}

/**
 * Builds `include_tasks`. A file with a literal name is compiled at once, so that its mistakes are found before the
 * run; one that includes itself, or whose name holds a variable, when it is reached.
 */
export function includeTasks(place: TaskPlace, context: Context): readonly Include[] {
  const { map, scope } = place
  const listen = entryOf(map, 'listen')
  if (listen) reportUnknown(listen, 'task', context)
  const options = readOptions(place, { names: ['file', 'apply'], bare: 'file' }, context)
  const node = options.get('file')
  if (!node) return missingFile(place, context)
  const own = enterScope(scope, map, { level: 21, origin: 'vars of include_tasks' }, context)
  const inner = applied({ ...scope, layers: own.layers }, options.get('apply'), context)
  const common = commonOf(map, own, context)
  const loop = readLoop(map, context)
  const register = readRegister(map, context)
  const now = openNow(node, inner, context)
  if (now) context.included.set(common.id, now)
  const literal = textOf(node)?.trim()
  return [
    {
      kind: 'include',
      ...common,
      what: 'tasks',
      target: context.language.value(node),
      ...(loop && { loop }),
      ...(register !== undefined && { register }),
      open: openLater(context, async (request, later) =>
        now && request.target === literal
          ? now
          : openTasks(request, { scope: inner, range: node.range }, later),
      ),
    },
  ]
}

/** What `apply:` says holds for the steps that are included. */
export function applied(scope: Scope, apply: Node | undefined, context: Context): Scope {
  if (!apply) return scope
  if (apply.kind !== 'map') {
    const message = `"apply" needs a mapping, not ${shapeOf(apply)}.`
    context.report.add({ code: 'wrong-type', message, range: apply.range })
    return scope
  }
  for (const entry of checkKeywords(apply, 'block', context)) reportUnknown(entry, 'block', context)
  return enterScope(scope, withoutSteps(apply), { level: 16, origin: 'vars of apply' }, context)
}

const withoutSteps = (map: MapNode): MapNode => (valueAt(map, 'block') ? { ...map, entries: [] } : map)

function openNow(node: Node, scope: Scope, context: Context): Included | undefined {
  const name = isTemplate(node) ? undefined : textOf(node)?.trim()
  if (name === undefined) return undefined
  const file = findTaskFile({ name, scope, range: node.range }, context.project)
  if (!file || scope.files.includes(file.absolutePath)) return undefined
  return included(file, scope, context)
}

function included(file: YamlFile, scope: Scope, context: Context): Included {
  const play = { ...scope.play, roles: [], roleHandlers: [] }
  const steps = stepsOf(file, { ...scope, play }, context)
  return { steps, handlers: play.roleHandlers }
}

async function openTasks(
  { target }: IncludeRequest,
  { scope, range }: { scope: Scope; range: Node['range'] },
  later: Later,
): Promise<Included> {
  const name = target.trim()
  const wanted = {
    kind: scope.place === 'handler' ? 'handlers' : 'tasks',
    name,
    ...searchFrom(scope),
  } as const
  const context = await later.knowing(wanted)
  const file = findTaskFile({ name, scope, range }, context.project)
  if (!file) throw new EvaluationError(`There is no task file "${name}".`, range)
  return included(file, scope, context)
}
