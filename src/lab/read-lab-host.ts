import type { MapNode, Node } from '#model/node.ts'
import {
  childOf,
  didYouMean,
  placeOf,
  readKnown,
  readWords,
  refuseUnknown,
  type Say,
  textOf,
} from './lab-node.ts'
import { type DiskSpec, type LabHostSpec, namedHost, type Suite, suites } from './lab-spec.ts'
import { readAddress } from './read-lab-address.ts'
import { type HostNames, readDoubles } from './read-lab-names.ts'
import { readDuration, readSize } from './read-lab-quantity.ts'

const keys = ['groups', 'address', 'suite', 'layers', 'doubles', 'disks', 'latency']
const groupName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `web1:`, `web1: [web, blue]` or `web1: { groups: [web], suite: trixie, … }`. */
export function readHostSpec(name: string, value: Node, names: HostNames): LabHostSpec {
  const { say } = names
  if (value.kind === 'scalar' && value.value === null) return namedHost(name)
  if (value.kind !== 'map') return { name, groups: readGroups(name, value, say) }
  refuseUnknown(value, keys, 'A lab host', say)
  const groups = childOf(value, 'groups')
  return {
    name,
    groups: groups ? readGroups(name, groups, say) : namedHost(name).groups,
    ...readPlace(value, say),
    ...(childOf(value, 'layers') && {
      layers: readKnown(childOf(value, 'layers'), { known: names.layers, what: 'layer' }, say),
    }),
    ...(childOf(value, 'doubles') && {
      doubles: readDoubles(childOf(value, 'doubles'), names.doubles, say),
    }),
    ...readHardware(value, say),
  }
}

function readGroups(name: string, node: Node, say: Say): string[] {
  return readWords(node, groupName, say, `The groups of ${name} have to be a list of group names.`)
}

function readPlace(map: MapNode, say: Say): Pick<LabHostSpec, 'address' | 'suite'> {
  const [addressNode, suiteNode] = [childOf(map, 'address'), childOf(map, 'suite')]
  const address = addressNode && readAddress(addressNode, say)
  const suite = suiteNode && readSuite(suiteNode, say)
  return { ...(address && { address }), ...(suite && { suite }) }
}

/** A release of Debian that hosts can have. */
export function readSuite(node: Node, say: Say): Suite | undefined {
  const text = textOf(node)
  const found = suites.find((suite) => suite === text)
  if (found) return found
  const message = `A host's suite is ${suites.join(', ')}.`
  say('wrong-type', node, message, text === undefined ? undefined : didYouMean(text, suites))
  return undefined
}

function readHardware(map: MapNode, say: Say): Pick<LabHostSpec, 'disks' | 'latencyMs'> {
  const [disks, latency] = [childOf(map, 'disks'), childOf(map, 'latency')]
  const latencyMs = latency && readDuration(latency, say)
  return { ...(disks && { disks: readDisks(disks, say) }), ...(latencyMs !== undefined && { latencyMs }) }
}

function readDisks(node: Node, say: Say): DiskSpec[] {
  if (node.kind !== 'map') {
    say('wrong-shape', node, 'Disks are a mapping from a name to a size: { data: 1G }.')
    return []
  }
  return node.entries.flatMap((entry) => {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(entry.key)) {
      say('wrong-type', placeOf(entry), 'The name of a disk has lower-case letters, digits and dashes.')
    }
    const bytes = readSize(entry.value, say)
    return bytes === undefined ? [] : [{ name: entry.key, bytes }]
  })
}
