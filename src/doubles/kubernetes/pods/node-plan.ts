import { at, fieldsOf, listOf, numberOf, textOf } from '../../json.ts'
import { addressOf } from '../controllers/running-status.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'

/** What a cluster says about the pods of one node. */
export interface NodeView {
  readonly name: string
  readonly nodes: readonly KubeObject[]
  /** Those of this node. */
  readonly pods: readonly KubeObject[]
  readonly services: readonly KubeObject[]
  readonly endpoints: readonly KubeObject[]
  /** The names of nodes whose speakers have been heard of late. */
  readonly alive: ReadonlySet<string>
}

export interface Place {
  readonly address: string
  readonly port: number
}

export interface Route {
  readonly network: string
  readonly via: string
}

/** A TCP port that something of the node listens on. */
export type Listener = Place &
  (
    | { readonly kind: 'page'; readonly pod: string }
    | { readonly kind: 'ingress'; readonly isTls: boolean }
    | { readonly kind: 'forward'; readonly to: readonly Place[] }
  )

export interface NodePlan {
  /** Those of its pods. */
  readonly addresses: readonly string[]
  /** Those of Services, which MetalLB announces from here. */
  readonly announced: readonly string[]
  /** To the pods of other nodes. */
  readonly routes: readonly Route[]
  readonly listeners: readonly Listener[]
}

/**
 * Flannel's, MetalLB's and kube-proxy's part of a node, and its pods themselves: those of nginx answer with a page, those of
 * ingress-nginx with what Ingresses lead to, all others with nothing.
 */
export function planNode(view: NodeView): NodePlan {
  const pods = view.pods.filter(
    (pod) => hasCondition(pod, 'Ready') && at(pod, 'spec', 'hostNetwork') !== true && podAddress(pod) !== '',
  )
  const announced = view.services.flatMap((service) => announcedHere(service, view))
  const hasFlannel = view.pods.some(
    (pod) => pod.metadata.name.startsWith('kube-flannel-ds') && hasCondition(pod, 'Ready'),
  )
  return {
    addresses: [...new Set(pods.map(podAddress))],
    announced: [...new Set(announced.map(({ address }) => address))],
    routes: hasFlannel ? view.nodes.flatMap((node) => routeTo(node, view.name)) : [],
    listeners: [...pods.flatMap(listenersOf), ...announced],
  }
}

const podAddress = (pod: KubeObject): string => textOf(at(pod, 'status', 'podIP'))

function routeTo(node: KubeObject, own: string): readonly Route[] {
  const [network, via] = [textOf(at(node, 'spec', 'podCIDR')), addressOf(node)]
  return node.metadata.name === own || network === '' || via === '' ? [] : [{ network, via }]
}

function listenersOf(pod: KubeObject): readonly Listener[] {
  const address = podAddress(pod)
  return listOf(at(pod, 'spec', 'containers')).flatMap((container): readonly Listener[] => {
    const image = textOf(at(container, 'image'))
    const ports = listOf(at(container, 'ports')).map(fieldsOf)
    if (image.includes('ingress-nginx/controller')) {
      return ports
        .filter(({ name }) => name === 'http' || name === 'https')
        .map(({ name, containerPort }) => {
          return { kind: 'ingress', address, port: numberOf(containerPort), isTls: name === 'https' }
        })
    }
    if (!/(^|\/)nginx[^/]*$/.test(image)) return []
    return ports.map(({ containerPort }) => {
      return { kind: 'page', address, port: numberOf(containerPort), pod: pod.metadata.name }
    })
  })
}

/** MetalLB lets one node speak for an address: the first one that is alive and, if it must, has a pod of the Service. */
function announcedHere(
  service: KubeObject,
  { name, nodes, endpoints, alive }: NodeView,
): readonly Listener[] {
  const address = textOf(at(listOf(at(service, 'status', 'loadBalancer', 'ingress'))[0], 'ip'))
  if (address === '') return []
  const { name: own, namespace } = service.metadata
  const found = endpoints.find(({ metadata }) => metadata.name === own && metadata.namespace === namespace)
  const subsets = listOf(found?.['subsets'])
  const isLocal = at(service, 'spec', 'externalTrafficPolicy') === 'Local'
  const places = subsets.flatMap((subset) => listOf(at(subset, 'addresses')))
  const speakers = nodes
    .filter((node) => hasCondition(node, 'Ready') && !isExcluded(node))
    .map(({ metadata }) => metadata.name)
    .filter((node) => alive.has(node))
    .filter((node) => !isLocal || places.some((place) => at(place, 'nodeName') === node))
  if (speakers.toSorted()[0] !== name) return []
  const pods = places.filter((place) => !isLocal || at(place, 'nodeName') === name)
  return listOf(at(service, 'spec', 'ports')).map((port) => {
    const target = targetPort(port, subsets)
    const to = pods.map((place) => ({ address: textOf(at(place, 'ip')), port: target }))
    return { kind: 'forward', address, port: numberOf(at(port, 'port')), to }
  })
}

const isExcluded = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.['node.kubernetes.io/exclude-from-external-load-balancers'] !== undefined

/** The number behind a Service's port: Endpoints name their ports as the Service does. */
export function targetPort(port: unknown, subsets: readonly unknown[]): number {
  const ports = subsets.flatMap((subset) => listOf(at(subset, 'ports')))
  return numberOf(
    at(
      ports.find((one) => at(one, 'name') === at(port, 'name')),
      'port',
    ),
  )
}
