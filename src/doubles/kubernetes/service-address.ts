import { at, put, textOf } from '../json.ts'
import type { KubeObject } from './kube-object.ts'

/** The first address of kubeadm's default service network (10.96.0.0/12) is the API's own. */
const network = '10.96'
const first = 10

/** Gives a Service its cluster address; it changes the object. Headless and external ones have none. */
export function allocateAddress(service: KubeObject, others: readonly KubeObject[]): void {
  if (at(service, 'spec', 'type') === 'ExternalName' || at(service, 'spec', 'clusterIP') !== undefined) return
  const taken = new Set(others.map((other) => textOf(at(other, 'spec', 'clusterIP'))))
  let number = first
  while (taken.has(addressOf(number))) number += 1
  put(service, ['spec', 'clusterIP'], addressOf(number))
  put(service, ['spec', 'clusterIPs'], [addressOf(number)])
}

const addressOf = (number: number): string => `${network}.${Math.floor(number / 250)}.${(number % 250) + 1}`
