import { literalValue } from '#lang/compile-value.ts'
import type { Node } from '#model/node.ts'
import type { Value, VarsLayer } from '#model/value.ts'
import type { Context } from './context.ts'
import { fileLayer } from './layer-vars.ts'
import { isTemplate, itemsOf, textOf } from './node-reading.ts'
import type { Scope } from './scope.ts'
import { staticText } from './static-name.ts'

interface VarsFiles {
  readonly layers: readonly VarsLayer[]
  /** Lists of which some name is known only per host; the first that exists counts. */
  readonly dynamic: readonly (readonly Value[])[]
}

/** Reads `vars_files`: each entry one file, or a list of which the first that exists counts. Level 14. */
export function readVarsFiles(node: Node | undefined, scope: Scope, context: Context): VarsFiles {
  const layers: VarsLayer[] = []
  const dynamic: (readonly Value[])[] = []
  for (const entry of node ? itemsOf(node) : []) {
    const candidates = itemsOf(entry)
    const names = candidates.map((one) => nameOf(one, scope, context))
    if (names.every((name) => name !== undefined)) layers.push(...firstLayer(names, entry, scope, context))
    else dynamic.push(candidates.map((one, i) => asValue(one, names[i], context)))
  }
  return { layers, dynamic }
}

function nameOf(node: Node, scope: Scope, context: Context): string | undefined {
  return isTemplate(node) ? staticText(node, scope, context) : textOf(node)?.trim()
}

const asValue = (node: Node, name: string | undefined, context: Context): Value =>
  name === undefined ? context.language.value(node) : literalValue(name, node.range)

function firstLayer(
  names: readonly string[],
  entry: Node,
  scope: Scope,
  context: Context,
): readonly VarsLayer[] {
  for (const name of names) {
    const path = context.project.resolve({ kind: 'vars', name, from: scope.file, range: entry.range })
    const file = path === undefined ? undefined : context.project.varsFiles.get(path)
    if (file) return [fileLayer([file], { level: 14, origin: file.path }, context)]
  }
  reportMissing(names, entry, context)
  return []
}

// A single literal name that leads nowhere was reported when the project was read.
function reportMissing(names: readonly string[], entry: Node, context: Context): void {
  if (entry.kind === 'scalar' && !isTemplate(entry)) return
  const message = `None of these files of variables exists: ${names.join(', ')}.`
  context.report.add({ code: 'file-missing', message, range: entry.range })
}
