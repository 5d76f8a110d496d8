import type { MapNode } from '#model/node.ts'
import type { PlaybookFile } from '#model/syntax.ts'
import type { VarsLayer } from '#model/value.ts'
import type { Context } from './context.ts'
import { enterScope, noKeywords } from './enter-scope.ts'
import { entryOf, isNothing, shapeOf, textOf } from './node-reading.ts'
import { checkKeywords, reportUnknown } from './read-keywords.ts'
import type { Scope } from './scope.ts'

/** A play as written, with what the imports around it say. */
export interface WrittenPlay {
  readonly map: MapNode
  readonly file: PlaybookFile
  /** Tags, conditions and, at level 12, vars of the `import_playbook` entries around it. */
  readonly around: Scope
}

/** The plays of the playbooks in order, each `import_playbook` replaced by what it names. */
export function readPlaybooks(files: readonly PlaybookFile[], context: Context): readonly WrittenPlay[] {
  return files.flatMap((file) => playsOf(file, emptyScope(file), context))
}

const emptyScope = (file: PlaybookFile): Scope => ({
  file: file.absolutePath,
  keywords: noKeywords,
  when: [],
  tags: [],
  layers: [],
  notify: [],
  place: 'task',
  files: [],
  play: { file: file.absolutePath, layers: [], roles: [], roleHandlers: [] },
})

function playsOf(file: PlaybookFile, around: Scope, context: Context): readonly WrittenPlay[] {
  const { root } = file
  if (!root || isNothing(root)) return []
  if (root.kind !== 'list') {
    const message = `A playbook must be a list of plays, not ${shapeOf(root)}.`
    const remedy =
      root.kind === 'map' && entryOf(root, 'hosts')
        ? 'Put "- " before the first line, and indent the rest.'
        : undefined
    context.report.add({ code: 'wrong-shape', message, remedy, range: root.range })
    return []
  }
  return root.items.flatMap((item) => {
    if (item.kind === 'map')
      return isImport(item) ? imported(item, file, around, context) : [{ map: item, file, around }]
    const message = `A play must be a mapping, not ${shapeOf(item)}.`
    context.report.add({ code: 'wrong-shape', message, range: item.range })
    return []
  })
}

const importEntry = (map: MapNode) =>
  entryOf(map, 'import_playbook') ?? entryOf(map, 'ansible.builtin.import_playbook')

const isImport = (map: MapNode): boolean => importEntry(map) !== undefined

function imported(map: MapNode, file: PlaybookFile, around: Scope, context: Context): readonly WrittenPlay[] {
  const entry = importEntry(map)
  for (const other of checkKeywords(map, 'import_playbook', context)) {
    if (other !== entry) reportUnknown(other, 'import_playbook', context)
  }
  const name = textOf(entry?.value)?.trim()
  const target = name === undefined ? undefined : file.imports.get(name)
  // A playbook that is not there was reported when the project was read.
  if (!target) return []
  const inner = enterScope(around, map, { level: 12, origin: `vars of import_playbook ${name}` }, context)
  return playsOf(target, { ...inner, file: target.absolutePath }, context)
}

/** The vars of imports as one layer of a play, stronger than the play's own. */
export const importedVars = ({ around }: WrittenPlay): readonly VarsLayer[] => around.layers
