import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { Context } from './context.ts'
import { droppedKeywords, keywords, keywordsOf, type Place } from './keyword-table.ts'
import { entryOf, textOf, valueAt } from './node-reading.ts'
import { checkKeywords, reportUnknown } from './read-keywords.ts'
import { didYouMean } from './report.ts'

/** What a task calls: a module, or something the engine itself does. */
export interface Call {
  /** The module's own name, or the engine action's. */
  readonly name: string
  /** The name as the task wrote it, and where. */
  readonly entry: MapEntry
  /** What stands below the module's name; for `action: copy src=a` everything behind the name. */
  readonly args: Node | undefined
  /** How far into `args` the arguments begin, when the name stands in the same text. */
  readonly argsFrom: number
  /** `local_action`. */
  readonly local: boolean
}

/** What tasks call that is no module: the engine itself does it. */
export const engineActions = [
  'import_tasks',
  'import_role',
  'include_tasks',
  'include_role',
  'meta',
] as const satisfies readonly Place[]

export type EngineAction = (typeof engineActions)[number]

export const engineAction = (name: string): EngineAction | undefined =>
  engineActions.find((action) => action === name.replace(/^ansible\.(builtin|legacy)\./, ''))

/** The module's own name for any name it goes by, engine actions included. */
export function canonicalName(name: string, context: Context): string | undefined {
  return engineAction(name) ?? context.catalogue.canonical(name)
}

/**
 * Finds the one module a task calls and checks all its other keys. Undefined, with a diagnostic, when there is
 * none or more than one.
 */
export function bindModule(map: MapNode, place: 'task' | 'handler', context: Context): Call | undefined {
  const calls = callsOf(map, context)
  const first = calls[0]
  const kind: Place = first ? (engineAction(first.name) ?? place) : place
  const others = checkKeywords(map, kind, context).filter(
    (entry) => !calls.some((call) => call.entry === entry) && !isLoopKeyword(entry.key, kind),
  )
  const guess = first ? undefined : others.find((entry) => isModuleLike(entry.key, place, context))
  for (const entry of others) if (entry !== guess) reportUnknown(entry, kind, context)
  if (guess) return unknownModule(guess.key, guess, context)
  if (!first) return noModule(map, others, context)
  if (calls.length > 1) return severalModules(calls, context)
  return first
}

const isLoopKeyword = (key: string, place: Place): boolean =>
  key.startsWith('with_') && (keywords.get('loop')?.places.includes(place) ?? false)

/** A key that is no keyword of any kind is taken for a module's name, unless it is nearly a keyword only. */
function isModuleLike(key: string, place: Place, context: Context): boolean {
  if (keywords.has(key) || droppedKeywords.has(key)) return false
  const isNearKeyword = didYouMean(key, keywordsOf(place)) !== undefined
  return !isNearKeyword || didYouMean(key, context.catalogue.names()) !== undefined
}

function callsOf(map: MapNode, context: Context): readonly Call[] {
  return map.entries.flatMap((entry) => {
    if (entry.key === 'action' || entry.key === 'local_action') return oldStyle(entry, context)
    if (keywords.get(entry.key)?.places.includes('task')) return []
    const name = canonicalName(entry.key, context)
    return name === undefined ? [] : [{ name, entry, args: entry.value, argsFrom: 0, local: false }]
  })
}

/** `action: copy src=a dest=b`, or a mapping with the name under `module`. */
function oldStyle(entry: MapEntry, context: Context): readonly Call[] {
  const { value } = entry
  const named = value.kind === 'map' ? valueAt(value, 'module') : value
  const match = /^\s*(\S+)\s*/.exec(textOf(named) ?? '')
  if (!match?.[1]) {
    const message = `"${entry.key}" needs the name of a module, and its arguments.`
    context.report.add({ code: 'no-module', message, range: value.range })
    return []
  }
  const name = canonicalName(match[1], context)
  if (name === undefined) {
    unknownModule(match[1], { ...entry, keyRange: named?.range ?? entry.keyRange }, context)
    return []
  }
  const args = value.kind === 'map' ? withoutEntry(value, 'module') : value
  return [{ name, entry, args, argsFrom: match[0].length, local: entry.key === 'local_action' }]
}

const withoutEntry = (map: MapNode, key: string): MapNode => ({
  ...map,
  entries: map.entries.filter((entry) => entry.key !== key),
})

function unknownModule(name: string, entry: MapEntry, context: Context): undefined {
  if (name === 'include') {
    const message = 'tsplay does not have Ansible\'s old module "include".'
    const remedy = 'Use "include_tasks", or "import_tasks" when the file is the same for every host.'
    context.report.add({ code: 'unknown-module', message, remedy, range: entry.keyRange })
    return
  }
  const names = [...engineActions, ...context.catalogue.names()]
  const remedy = didYouMean(name, names) ?? didYouMean(name.slice(name.lastIndexOf('.') + 1), names)
  const message = `There is no module "${name}".`
  const list = 'Run `tsplay doc` to see all modules.'
  context.report.add({ code: 'unknown-module', message, remedy: remedy ?? list, range: entry.keyRange })
}

function noModule(map: MapNode, others: readonly MapEntry[], context: Context): undefined {
  // A bad `action`, or a key that is nearly a keyword, has been reported: then this would only repeat it.
  if (others.length > 0 || entryOf(map, 'action') || entryOf(map, 'local_action')) return
  const range = map.entries[0]?.keyRange ?? map.range
  context.report.add({ code: 'no-module', message: 'The task names no module.', range })
}

function severalModules(calls: readonly Call[], context: Context): undefined {
  const [first, second] = calls
  if (!first || !second) return
  context.report.add({
    code: 'several-modules',
    message: `The task names two modules, "${first.entry.key}" and "${second.entry.key}".`,
    remedy: 'Make two tasks of it.',
    range: second.entry.keyRange,
    related: [{ message: 'The first one stands here.', range: first.entry.keyRange }],
  })
}
