import { literalValue } from '#lang/compile-value.ts'
import type { MapNode, Node } from '#model/node.ts'
import type { Play, Step, Task } from '#model/program.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'
import type { Context } from './context.ts'
import type { DynamicNames } from './dynamic-names.ts'
import { inherit } from './enter-scope.ts'
import { varsLayer } from './layer-vars.ts'
import { checkDuplicateHandlers } from './link-handlers.ts'
import { entryOf, isTemplate, itemsOf, textOf, valueAt } from './node-reading.ts'
import { playSettings } from './play-settings.ts'
import { checkKeywords, reportUnknown } from './read-keywords.ts'
import type { WrittenPlay } from './read-playbooks.ts'
import { readPrompts } from './read-prompts.ts'
import { readTags, renderStatic } from './read-tags.ts'
import { buildRoles } from './resolve-roles.ts'
import type { PlayDraft, Scope } from './scope.ts'
import { checkPattern } from './select-hosts.ts'
import { staticText } from './static-name.ts'
import { typedValue } from './typed-value.ts'
import { readVarsFiles } from './vars-files.ts'

/** Builds a play with all its steps; undefined, with a diagnostic, when it has no hosts. */
export function buildPlay(written: WrittenPlay, dynamic: DynamicNames, context: Context): Play | undefined {
  const { map, file, around } = written
  for (const entry of checkKeywords(map, 'play', context)) reportInPlay(entry, context)
  const hosts = valueAt(map, 'hosts')
  if (!hosts) return reportNoHosts(map, context)
  const draft: PlayDraft = { file: file.absolutePath, layers: [], roles: [], roleHandlers: [] }
  draft.layers.push(
    varsLayer(valueAt(map, 'vars'), { level: 12, origin: 'play vars' }, context),
    ...around.layers,
  )
  const outer: Scope = { ...around, layers: [], play: draft, file: file.absolutePath }
  const files = readVarsFiles(valueAt(map, 'vars_files'), outer, context)
  draft.layers.push(...files.layers)
  const scope: Scope = {
    ...outer,
    keywords: keywordsOf(map, outer, context),
    tags: [...new Set([...outer.tags, ...readTags(valueAt(map, 'tags'), outer, context)])],
  }
  const pattern = patternOf(hosts, scope, dynamic, context)
  const name = playName(valueAt(map, 'name'), scope, context)
  const sections = sectionsOf(map, scope, context)
  const handlers = handlersOf(map, scope, context)
  return {
    name: name ?? pattern.text,
    range: rangeOf(map),
    file: file.absolutePath,
    hosts: pattern,
    ...playSettings(map, scope, context),
    factPaths: new Set(),
    layers: [...draft.layers, ...draft.roles.flatMap(({ defaults, vars }) => [defaults, vars])],
    dynamicVarsFiles: files.dynamic,
    prompts: readPrompts(valueAt(map, 'vars_prompt'), context),
    keywords: scope.keywords,
    sections,
    handlers: [...draft.roleHandlers, ...handlers],
    tags: scope.tags,
  }
}

/** Variables of hosts cannot be part of it: a play has one name. */
function playName(node: Node | undefined, scope: Scope, context: Context): string | undefined {
  return node && isTemplate(node) ? (staticText(node, scope, context) ?? textOf(node)) : textOf(node)
}

const rangeOf = (map: MapNode): SourceRange => map.entries[0]?.keyRange ?? map.range

function reportInPlay(entry: Parameters<typeof reportUnknown>[0], context: Context): void {
  if (context.catalogue.canonical(entry.key) === undefined) {
    reportUnknown(entry, 'play', context)
    return
  }
  const message = `"${entry.key}" is a module, and a play has no place for one.`
  const remedy = 'Put it into the list "tasks".'
  context.report.add({ code: 'bad-keyword-use', message, remedy, range: entry.keyRange })
}

function reportNoHosts(map: MapNode, context: Context): undefined {
  const message = 'A play needs "hosts".'
  const isTask = map.entries.some(({ key }) => context.catalogue.canonical(key) !== undefined)
  const remedy = isTask ? 'Tasks stand in the list "tasks" of a play.' : undefined
  context.report.add({ code: 'wrong-shape', message, remedy, range: rangeOf(map) })
}

function keywordsOf(map: MapNode, outer: Scope, context: Context): Scope['keywords'] {
  const inherited = inherit(outer.keywords, map, context)
  const user = valueAt(map, 'user')
  if (!user || inherited.remoteUser) return inherited
  return { ...inherited, remoteUser: typedValue(context.language.value(user), 'user', 'text') }
}

/** A pattern that variables of the play make up is known now; the names in it are checked either way. */
function patternOf(node: Node, scope: Scope, dynamic: DynamicNames, context: Context): Value {
  if (!itemsOf(node).some(isTemplate)) {
    checkPattern(node, dynamic, context)
    return { ...context.language.value(node), text: itemsOf(node).map(textOf).join(',') }
  }
  const rendered = renderStatic(node, scope, context, 'hosts')
  if (rendered === undefined) return context.language.value(node)
  const text = Array.isArray(rendered) ? rendered.join(',') : String(rendered)
  checkPattern(
    { kind: 'scalar', value: text, raw: text, style: 'double', range: node.range },
    dynamic,
    context,
  )
  return literalValue(text, node.range)
}

/** Roles run before the tasks of their section, whatever stands first in the file. */
function sectionsOf(map: MapNode, scope: Scope, context: Context): Play['sections'] {
  const steps = (key: string): readonly Step[] => context.steps(valueAt(map, key), scope)
  const pre = steps('pre_tasks')
  const roles = buildRoles(valueAt(map, 'roles'), scope, context)
  const tasks = steps('tasks')
  return [
    { name: 'pre_tasks', steps: pre },
    { name: 'roles_and_tasks', steps: [...roles, ...tasks] },
    { name: 'post_tasks', steps: steps('post_tasks') },
  ]
}

function handlersOf(map: MapNode, scope: Scope, context: Context): readonly Task[] {
  const inner: Scope = { ...scope, place: 'handler', when: [], tags: [] }
  const steps = context.steps(entryOf(map, 'handlers')?.value, inner)
  checkDuplicateHandlers(steps, context)
  return steps.filter((step) => step.kind === 'task')
}
