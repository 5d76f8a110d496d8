import { magicVariables } from '#model/magic-variables.ts'
import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { VarsFile } from '#model/syntax.ts'
import type { Vars, VarsLayer } from '#model/value.ts'
import type { Context } from './context.ts'

/** Reads a `vars:` mapping as one layer; its names are checked, its values compiled. */
export function varsLayer(
  node: Node | undefined,
  layer: { level: number; origin: string },
  context: Context,
): VarsLayer {
  return { ...layer, vars: node?.kind === 'map' ? readVars(node, context) : new Map() }
}

/** Reads files of variables as one layer; a later file beats an earlier one. */
export function fileLayer(
  files: readonly VarsFile[],
  layer: { level: number; origin: string },
  context: Context,
): VarsLayer {
  const maps = files.flatMap((file) => (file.root ? [readVars(file.root, context)] : []))
  return { ...layer, vars: new Map(maps.flatMap((vars) => [...vars])) }
}

/** Several layers as one, weakest first. */
export function mergeLayers(
  layers: readonly VarsLayer[],
  layer: { level: number; origin: string },
): VarsLayer {
  return { ...layer, vars: new Map(layers.flatMap(({ vars }) => [...vars])) }
}

function readVars(map: MapNode, context: Context): Vars {
  return new Map(map.entries.filter((entry) => isGoodName(entry, context)).map((e) => readVar(e, context)))
}

const readVar = ({ key, value }: MapEntry, context: Context) => [key, context.language.value(value)] as const

const isGoodName = ({ key, keyRange }: MapEntry, context: Context): boolean =>
  checkName(key, keyRange, context)

/** Whether a name may be given to a variable; reports why not. */
export function checkName(name: string, range: SourceRange, context: Context): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const better = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_')
    context.report.add({
      code: 'invalid-name',
      message: `"${name}" cannot be the name of a variable: letters, digits and "_" make a name, not starting with a digit.`,
      remedy: better === '' ? undefined : `Call it "${better}".`,
      range,
    })
    return false
  }
  if (['true', 'false', 'null', 'in', 'this'].includes(name)) {
    const message = `"${name}" cannot be the name of a variable: it is a word of the expression language.`
    context.report.add({ code: 'invalid-name', message, range })
    return false
  }
  return checkReserved(name, range, context)
}

function checkReserved(name: string, range: SourceRange, context: Context): boolean {
  if (!magicVariables.has(name)) return true
  context.report.add({
    code: 'reserved-variable',
    message: `"${name}" is set by tsplay itself and cannot be assigned.`,
    remedy: 'Choose another name.',
    range,
  })
  return false
}
