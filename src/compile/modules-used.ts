import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { PlaybookFile, Project, YamlFile } from '#model/syntax.ts'
import { engineAction } from './bind-modules.ts'
import { droppedKeywords, keywords } from './keyword-table.ts'
import { entryOf, textOf, valueAt } from './node-reading.ts'
import { argumentModule } from './role-arguments.ts'

/**
 * The names of modules a project's tasks and `module_defaults` use, as they are written: what must be loaded before
 * `compile` is called. Misspelt names are among them; whoever loads passes over names that do not exist.
 */
export function modulesUsed(project: Project): Set<string> {
  const names = new Set<string>()
  const files: YamlFile[] = [...project.playbooks.flatMap(withImports), ...project.taskFiles.values()]
  for (const role of project.roles.values()) {
    files.push(...role.tasks.values(), ...role.handlers.values())
    if (role.argumentSpecs) names.add(argumentModule)
  }
  for (const { root } of files) if (root) collect(root, names)
  return names
}

const withImports = (file: PlaybookFile): readonly PlaybookFile[] => [
  file,
  ...[...file.imports.values()].flatMap(withImports),
]

/** Lists whose items are tasks or plays; the mappings below a module's name are not looked into. */
const lists = ['pre_tasks', 'tasks', 'post_tasks', 'handlers', 'block', 'rescue', 'always']

function collect(node: Node, names: Set<string>): void {
  if (node.kind === 'list') for (const item of node.items) collect(item, names)
  if (node.kind !== 'map') return
  const isPlay = entryOf(node, 'hosts') !== undefined
  for (const entry of node.entries) collectEntry(entry, isPlay, names)
}

function collectEntry({ key, value }: MapEntry, isPlay: boolean, names: Set<string>): void {
  if (lists.includes(key)) collect(value, names)
  else if (key === 'action' || key === 'local_action') addOldStyle(value, names)
  else if (key === 'module_defaults') addKeys(value, names)
  else if (value.kind === 'map' && engineAction(key)) addApplied(value, names)
  else if (!isPlay && isTaskName(key)) addName(key, names)
}

/** `user` is a keyword of plays and a module. */
const isTaskName = (key: string): boolean =>
  key === 'user' || !(keywords.has(key) || droppedKeywords.has(key) || key.startsWith('with_'))

function addName(name: string, names: Set<string>): void {
  if (!engineAction(name)) names.add(name)
}

function addOldStyle(value: Node, names: Set<string>): void {
  const text = textOf(value.kind === 'map' ? valueAt(value, 'module') : value)
  const name = /^\s*(\S+)/.exec(text ?? '')?.[1]
  if (name !== undefined) addName(name, names)
}

function addKeys(value: Node, names: Set<string>): void {
  for (const item of value.kind === 'list' ? value.items : [value]) {
    if (item.kind === 'map') for (const { key } of item.entries) addName(key, names)
  }
}

function addApplied(options: MapNode, names: Set<string>): void {
  const apply = valueAt(options, 'apply')
  const defaults = apply?.kind === 'map' ? valueAt(apply, 'module_defaults') : undefined
  if (defaults) addKeys(defaults, names)
}
