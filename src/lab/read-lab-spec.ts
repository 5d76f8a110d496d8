import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode, Node } from '#model/node.ts'
import { childOf, readWords, refuseUnknown, type Say } from './lab-node.ts'
import {
  defaultPackages,
  defaultSuite,
  type LabHostSpec,
  type LabSpec,
  maximumHosts,
  namedHost,
  namePattern,
} from './lab-spec.ts'
import { checkAddresses } from './read-lab-address.ts'
import { readHostSpec, readSuite } from './read-lab-host.ts'
import { readLayers } from './read-lab-layer.ts'
import { type HostNames, type LabSurroundings, packageName, readDoubles } from './read-lab-names.ts'

export type ReadLabSpec =
  | { readonly spec: LabSpec; readonly diagnostics: readonly [] }
  | { readonly spec?: never; readonly diagnostics: readonly Diagnostic[] }

/**
 * Reads the content of a `lab.yml`: `hosts` is a list of names or a mapping from a name to its groups or
 * settings; all else may be left out. Everything that is wrong is said at once, each where it stands.
 */
export function readLabSpec(
  root: Node | undefined,
  name: string,
  surroundings: LabSurroundings = { find: (path) => path },
): ReadLabSpec {
  const diagnostics: Diagnostic[] = []
  const say: Say = (code, node, message, remedy) =>
    void diagnostics.push({
      code,
      severity: 'error',
      message,
      ...(remedy && { remedy }),
      ...(node && { range: node.range }),
    })
  if (root?.kind !== 'map') {
    say('wrong-shape', root, 'A lab file is a mapping with the key "hosts".')
    return { diagnostics }
  }
  const spec = readLab(root, name, { ...surroundings, say })
  if (diagnostics.length === 0) return { spec, diagnostics: [] }
  const offset = ({ range }: Diagnostic) => range?.start.offset ?? 0
  return { diagnostics: diagnostics.toSorted((a, b) => offset(a) - offset(b)) }
}

function readLab(root: MapNode, name: string, context: LabSurroundings & { readonly say: Say }): LabSpec {
  const { say } = context
  refuseUnknown(root, ['suite', 'hosts', 'packages', 'layers', 'doubles'], 'A lab', say)
  const layers = readLayers(childOf(root, 'layers'), context)
  const suite = childOf(root, 'suite')
  const packages = childOf(root, 'packages')
  return {
    name,
    suite: (suite && readSuite(suite, say)) ?? defaultSuite,
    hosts: readHosts(root, { say, layers: Object.keys(layers), doubles: context.doubles }),
    packages: [
      ...new Set([
        ...defaultPackages,
        ...readWords(packages, packageName, say, 'The packages have to be a list of Debian package names.'),
      ]),
    ],
    layers,
    doubles: readDoubles(childOf(root, 'doubles'), context.doubles, say),
  }
}

function readHosts(root: MapNode, names: HostNames): LabHostSpec[] {
  const { say } = names
  const node = childOf(root, 'hosts')
  if (node?.kind !== 'map' && node?.kind !== 'list') {
    const message = 'A lab needs "hosts": a list of names, or names with their groups.'
    say('wrong-shape', node ?? root, message)
    return []
  }
  const hosts = node.kind === 'map' ? hostMap(node, names) : hostList(node.items, say)
  if (hosts.length > maximumHosts) say('wrong-shape', node, `A lab has at most ${maximumHosts} hosts.`)
  if (hosts.length === 0) say('wrong-shape', node, 'The lab has no hosts. Name at least one.')
  return hosts
}

const hostRule = 'A host name has lower-case letters, digits and dashes, at most 40 of them.'

function hostList(items: readonly Node[], say: Say): LabHostSpec[] {
  const names = items.map((item) => {
    const isText = item.kind === 'scalar' && typeof item.value === 'string'
    if (isText && namePattern.test(String(item.value))) return String(item.value)
    say('wrong-type', item, hostRule)
    return ''
  })
  names.forEach((name, index) => {
    const isSecond = name !== '' && names.indexOf(name) < index
    if (isSecond) say('duplicate-key', items[index], `The host ${name} is named twice.`)
  })
  return names.map(namedHost)
}

function hostMap(map: MapNode, names: HostNames): LabHostSpec[] {
  for (const entry of map.entries) {
    if (!namePattern.test(entry.key)) names.say('wrong-type', { range: entry.keyRange }, hostRule)
  }
  const hosts = map.entries.map(({ key, value }) => readHostSpec(key, value, names))
  checkAddresses(map, names.say)
  return hosts
}
