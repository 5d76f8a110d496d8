import type { MapNode, Node } from '#model/node.ts'
import type { PlaybookFile, Project } from '#model/syntax.ts'
import { itemsOf, textOf, valueAt } from './node-reading.ts'

/** Lists whose items are plays, roles or tasks, each with tags of its own. */
const lists = ['roles', 'pre_tasks', 'tasks', 'post_tasks', 'handlers', 'block', 'rescue', 'always']

/**
 * The tags that are written in a project's playbooks and roles, sorted, without compiling it: it may be full of
 * mistakes. Tags made by templates are not among them.
 */
export function tagsUsed(project: Project): readonly string[] {
  const roles = [...project.roles.values()]
  const files = [
    ...project.playbooks.flatMap(withImports),
    ...project.taskFiles.values(),
    ...roles.flatMap(({ tasks, handlers }) => [...tasks.values(), ...handlers.values()]),
  ]
  return [...new Set(files.flatMap(({ root }) => (root ? tagsBelow(root) : [])))].sort()
}

const withImports = (file: PlaybookFile): readonly PlaybookFile[] => [
  file,
  ...[...file.imports.values()].flatMap(withImports),
]

function tagsBelow(node: Node): readonly string[] {
  if (node.kind === 'list') return node.items.flatMap(tagsBelow)
  if (node.kind !== 'map') return []
  const parts = lists.flatMap((key) => valueAt(node, key) ?? [])
  return [
    ...ownTags(node),
    ...node.entries.flatMap(({ value }) => appliedTags(value)),
    ...parts.flatMap(tagsBelow),
  ]
}

/** What `apply:` of an include says. */
function appliedTags(value: Node): readonly string[] {
  const apply = value.kind === 'map' ? valueAt(value, 'apply') : undefined
  return apply?.kind === 'map' ? ownTags(apply) : []
}

function ownTags(map: MapNode): readonly string[] {
  const tags = valueAt(map, 'tags')
  const texts = tags ? itemsOf(tags).flatMap((item) => textOf(item) ?? []) : []
  return texts
    .flatMap((text) => text.split(','))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '' && !tag.includes('{{'))
}
