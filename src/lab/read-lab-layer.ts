import type { MapNode, Node } from '#model/node.ts'
import { childOf, placeOf, readWords, refuseUnknown, type Say, textOf } from './lab-node.ts'
import type { LayerSpec } from './lab-spec.ts'
import { type LabSurroundings, packageName } from './read-lab-names.ts'

type Context = Pick<LabSurroundings, 'find'> & { readonly say: Say }

/** `layers: { kube: { packages: [containerd], files: kube/, script: kube.sh } }`. */
export function readLayers(node: Node | undefined, context: Context): Record<string, LayerSpec> {
  if (!node) return {}
  if (node.kind !== 'map') {
    context.say('wrong-shape', node, 'Layers are a mapping from a name to packages, files and a script.')
    return {}
  }
  const layers = node.entries.map((entry) => {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(entry.key)) {
      context.say(
        'wrong-type',
        placeOf(entry),
        'The name of a layer has lower-case letters, digits and dashes.',
      )
    }
    return [entry.key, readLayer(entry.value, context)] as const
  })
  return Object.fromEntries(layers)
}

function readLayer(node: Node, context: Context): LayerSpec {
  const { say } = context
  if (node.kind !== 'map' || node.entries.length === 0) {
    say('wrong-shape', node, 'A layer is a mapping with packages, files or a script.')
    return { packages: [] }
  }
  refuseUnknown(node, ['packages', 'files', 'script'], 'A layer', say)
  const rule = 'The packages have to be a list of Debian package names.'
  const [files, script] = [readPath(node, 'files', context), readPath(node, 'script', context)]
  return {
    packages: readWords(childOf(node, 'packages'), packageName, say, rule),
    ...(files && { files }),
    ...(script && { script }),
  }
}

/** Paths are relative to the lab file. */
function readPath(map: MapNode, key: 'files' | 'script', { find, say }: Context): string | undefined {
  const node = childOf(map, key)
  const text = textOf(node)
  const kind = key === 'files' ? 'folder' : 'file'
  if (!node) return undefined
  if (text === undefined) {
    say('wrong-type', node, `"${key}" has to be the path of a ${kind}.`)
    return undefined
  }
  const path = find(text, kind)
  if (path === undefined) say('file-missing', node, `There is no ${kind} ${text} beside the lab file.`)
  return path
}
