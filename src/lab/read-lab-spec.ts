import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapEntry, MapNode, Node } from '#model/node.ts'
import {
  defaultPackages,
  defaultSuite,
  type LabHostSpec,
  type LabSpec,
  maximumHosts,
  namedHost,
  namePattern,
} from './lab-spec.ts'

export type ReadLabSpec =
  | { readonly spec: LabSpec; readonly diagnostics: readonly [] }
  | { readonly spec?: never; readonly diagnostics: readonly Diagnostic[] }

/**
 * Reads the content of a `lab.yml`: `hosts` is a list of names or a mapping from a name to its groups;
 * `suite` and `packages` may be left out. Everything that is wrong is said at once, each where it stands.
 */
export function readLabSpec(root: Node | undefined, name: string): ReadLabSpec {
  const diagnostics: Diagnostic[] = []
  const say: Say = (code, node, message) =>
    void diagnostics.push({ code, severity: 'error', message, ...(node && { range: node.range }) })
  if (root?.kind !== 'map') {
    say('wrong-shape', root, 'A lab file is a mapping with the key "hosts".')
    return { diagnostics }
  }
  for (const entry of root.entries) refuseUnknown(entry, say)
  const [suite, packages] = ['suite', 'packages'].map((key) => childOf(root, key))
  const spec: LabSpec = {
    name,
    suite: readText(suite ?? defaultSuite, /^[a-z]+$/, say),
    hosts: readHosts(childOf(root, 'hosts'), root, say),
    packages: [...new Set([...defaultPackages, ...readPackages(packages, say)])],
  }
  if (diagnostics.length === 0) return { spec, diagnostics: [] }
  const offset = ({ range }: Diagnostic) => range?.start.offset ?? 0
  return { diagnostics: diagnostics.toSorted((a, b) => offset(a) - offset(b)) }
}

type Say = (code: Diagnostic['code'], node: Node | undefined, message: string) => void

const keys = ['suite', 'hosts', 'packages']
const packageName = /^[a-z0-9][a-z0-9+.-]+$/
const groupName = /^[A-Za-z_][A-Za-z0-9_]*$/

function refuseUnknown(entry: MapEntry, say: Say): void {
  if (keys.includes(entry.key)) return
  say('unknown-keyword', entry.value, `A lab has no key "${entry.key}". It has ${keys.join(', ')}.`)
}

const childOf = (map: MapNode, key: string): Node | undefined =>
  map.entries.find((entry) => entry.key === key)?.value

function readText(given: Node | string, pattern: RegExp, say: Say): string {
  if (typeof given === 'string') return given
  const text = textOf(given)
  if (text !== undefined && pattern.test(text)) return text
  say('wrong-type', given, 'This has to be one word of lower-case letters, digits and dashes.')
  return ''
}

function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

function readHosts(node: Node | undefined, root: Node, say: Say): LabHostSpec[] {
  const hosts = node?.kind === 'map' ? hostMap(node, say) : hostList(node, say)
  if (!hosts)
    say('wrong-shape', node ?? root, 'A lab needs "hosts": a list of names, or names with their groups.')
  if (hosts?.length === 0) say('wrong-shape', node, 'The lab has no hosts. Name at least one.')
  if ((hosts?.length ?? 0) > maximumHosts)
    say('wrong-shape', node, `A lab has at most ${maximumHosts} hosts.`)
  return hosts ?? []
}

function hostList(node: Node | undefined, say: Say): LabHostSpec[] | undefined {
  if (node?.kind !== 'list') return undefined
  const hosts = node.items.map((item) => namedHost(readText(item, namePattern, say)))
  hosts.forEach(({ name }, index) => {
    const isSecond = name !== '' && hosts.findIndex((host) => host.name === name) < index
    if (isSecond) say('duplicate-key', node.items[index], `The host ${name} is named twice.`)
  })
  return hosts
}

function hostMap(map: MapNode, say: Say): LabHostSpec[] {
  return map.entries.map(({ key, keyRange, value }) => {
    if (!namePattern.test(key)) {
      const place: Node = { kind: 'scalar', value: key, raw: key, style: 'plain', range: keyRange }
      say('wrong-type', place, 'A host name has lower-case letters, digits and dashes, at most 40 of them.')
    }
    return readGroups(key, value, say)
  })
}

/** `web1:`, `web1: [web, blue]` or `web1: { groups: [web, blue] }`. */
function readGroups(name: string, value: Node, say: Say): LabHostSpec {
  if (value.kind === 'scalar' && value.value === null) return namedHost(name)
  const isWrapped = value.kind === 'map' && value.entries.length === 1 && value.entries[0]?.key === 'groups'
  const list = isWrapped ? childOf(value, 'groups') : value
  const groups = list?.kind === 'list' ? list.items.map(textOf) : [undefined]
  if (groups.every((group) => group !== undefined && groupName.test(group))) {
    return { name, groups: groups.filter((group) => group !== undefined) }
  }
  say('wrong-type', value, `The groups of ${name} have to be a list of group names.`)
  return { name, groups: [] }
}

function readPackages(node: Node | undefined, say: Say): string[] {
  if (!node) return []
  const names = node.kind === 'list' ? node.items.map(textOf) : [undefined]
  if (names.every((name) => name !== undefined && packageName.test(name))) {
    return names.filter((name) => name !== undefined)
  }
  say('wrong-type', node, 'The packages have to be a list of Debian package names.')
  return []
}
