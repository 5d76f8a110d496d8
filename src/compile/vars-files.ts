import { literalValue } from '#lang/compile-value.ts'
import type { Node } from '#model/node.ts'
import type { VarsFile } from '#model/syntax.ts'
import type { Value, VarsLayer } from '#model/value.ts'
import type { Context } from './context.ts'
import { fileLayer } from './layer-vars.ts'
import { isTemplate, itemsOf, textOf } from './node-reading.ts'
import { wasReported } from './project-files.ts'
import type { Scope } from './scope.ts'
import { staticText } from './static-name.ts'

interface VarsFiles {
  readonly layers: readonly VarsLayer[]
  /** Lists of which some name is made of variables, unless the file is known already; the first that exists counts. */
  readonly dynamic: readonly (readonly Value[])[]
}

/** Reads `vars_files`: each entry one file, or a list of which the first that exists counts. Level 14. */
export function readVarsFiles(node: Node | undefined, scope: Scope, context: Context): VarsFiles {
  const layers: VarsLayer[] = []
  const dynamic: (readonly Value[])[] = []
  for (const entry of node ? itemsOf(node) : []) {
    const candidates = itemsOf(entry)
    const names = candidates.map((one) => nameOf(one, scope, context))
    const found = names.every((name) => name !== undefined)
      ? firstFile(names, entry, scope, context)
      : undefined
    if (found) layers.push(fileLayer([found], { level: 14, origin: found.path }, context))
    else if (candidates.every((one) => !isTemplate(one))) reportMissing(entry, context)
    else dynamic.push(candidates.map((one, i) => asValue(one, names[i], context)))
  }
  return { layers, dynamic }
}

function nameOf(node: Node, scope: Scope, context: Context): string | undefined {
  return isTemplate(node) ? staticText(node, scope, context) : textOf(node)?.trim()
}

const asValue = (node: Node, name: string | undefined, context: Context): Value =>
  name === undefined ? context.language.value(node) : literalValue(name, node.range)

function firstFile(
  names: readonly string[],
  entry: Node,
  scope: Scope,
  { project }: Context,
): VarsFile | undefined {
  for (const name of names) {
    const path = project.resolve({ kind: 'vars', name, from: scope.file, range: entry.range })
    const file = path === undefined ? undefined : project.varsFiles.get(path)
    if (file) return file
  }
  return undefined
}

function reportMissing(entry: Node, context: Context): void {
  if (wasReported(context.project, 'file-missing', entry.range)) return
  const names = itemsOf(entry).map(textOf).join(', ')
  const message = `No file of variables is found under ${names}.`
  context.report.add({ code: 'file-missing', message, range: entry.range })
}
