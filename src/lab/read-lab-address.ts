import type { MapNode, Node } from '#model/node.ts'
import { childOf, type Say, textOf } from './lab-node.ts'

const rule = 'An address of a lab host lies between 10.10.0.2 and 10.10.0.254.'

/** The first address is the gateway's, the last is the network's for everybody. */
export function isLabAddress(text: string): boolean {
  const last = Number(/^10\.10\.0\.([1-9]\d{0,2})$/.exec(text)?.[1])
  return last >= 2 && last <= 254
}

export function readAddress(node: Node, say: Say): string | undefined {
  const text = textOf(node)
  if (text !== undefined && isLabAddress(text)) return text
  say('wrong-type', node, rule)
  return undefined
}

/** Says of every address that is given a second time who has it already. */
export function checkAddresses(hosts: MapNode, say: Say): void {
  const owners = new Map<string, string>()
  for (const { key, value } of hosts.entries) {
    const node = value.kind === 'map' ? childOf(value, 'address') : undefined
    const address = textOf(node)
    if (address === undefined) continue
    const owner = owners.get(address)
    const message = `${key} has the address ${address} of ${owner}.`
    if (owner !== undefined) say('shared-address', node, message, 'Give each host an address of its own.')
    else owners.set(address, key)
  }
}
