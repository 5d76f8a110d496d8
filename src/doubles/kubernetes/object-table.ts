import { at, type Fields, fieldsOf, listOf, numberOf, textOf, textsOf } from '../json.ts'
import { isKubeObject, type KubeObject } from './kube-object.ts'
import { humanDuration } from './object-age.ts'

/** A column of a kind: its title, what stands in it, and whether only `-o wide` shows it. */
interface Column {
  readonly title: string
  readonly cell: (object: KubeObject) => string | number
  readonly isWide?: true
}

type Cell = Column['cell']
const column = (title: string, cell: Cell): Column => ({ title, cell })
const wide = (title: string, cell: Cell): Column => ({ title, cell, isWide: true })
const number =
  (...path: readonly string[]): Cell =>
  (object) =>
    numberOf(at(object, ...path))
const text =
  (...path: readonly string[]): Cell =>
  (object) =>
    textOf(at(object, ...path)) || '<none>'
const joinedOr = (values: readonly string[], otherwise: string): string => values.join(',') || otherwise

/** As pkg/printers/internalversion/printers.go prints the kinds that are asked for most; other kinds have name and age. */
const columnsOf: Readonly<Record<string, readonly Column[]>> = {
  Node: [
    column('Status', nodeStatus),
    column('Roles', ({ metadata: { labels = {} } }) => joinedOr(rolesIn(labels), '<none>')),
    column('Age', () => ''),
    column('Version', text('status', 'nodeInfo', 'kubeletVersion')),
    wide('Internal-IP', (node) => nodeAddress(node, 'InternalIP')),
    wide('External-IP', (node) => nodeAddress(node, 'ExternalIP')),
    wide('OS-Image', (node) => textOf(at(node, 'status', 'nodeInfo', 'osImage')) || '<unknown>'),
    wide('Kernel-Version', (node) => textOf(at(node, 'status', 'nodeInfo', 'kernelVersion')) || '<unknown>'),
    wide(
      'Container-Runtime',
      (node) => textOf(at(node, 'status', 'nodeInfo', 'containerRuntimeVersion')) || '<unknown>',
    ),
  ],
  Pod: [
    column(
      'Ready',
      (pod) =>
        `${containersOf(pod).filter((one) => at(one, 'ready') === true).length}/${specContainers(pod).length}`,
    ),
    column('Status', podStatus),
    column('Restarts', (pod) =>
      String(Math.max(0, ...containersOf(pod).map((one) => numberOf(at(one, 'restartCount'))))),
    ),
    column('Age', () => ''),
    wide('IP', text('status', 'podIP')),
    wide('Node', text('spec', 'nodeName')),
    wide('Nominated Node', text('status', 'nominatedNodeName')),
    wide('Readiness Gates', () => '<none>'),
  ],
  Deployment: [
    column(
      'Ready',
      (one) => `${numberOf(at(one, 'status', 'readyReplicas'))}/${numberOf(at(one, 'spec', 'replicas'))}`,
    ),
    column('Up-to-date', number('status', 'updatedReplicas')),
    column('Available', number('status', 'availableReplicas')),
    column('Age', () => ''),
    wide('Containers', (one) => templateContainers(one, 'name')),
    wide('Images', (one) => templateContainers(one, 'image')),
    wide('Selector', selectorText),
  ],
  DaemonSet: [
    column('Desired', number('status', 'desiredNumberScheduled')),
    column('Current', number('status', 'currentNumberScheduled')),
    column('Ready', number('status', 'numberReady')),
    column('Up-to-date', number('status', 'updatedNumberScheduled')),
    column('Available', number('status', 'numberAvailable')),
    column('Node Selector', (one) => pairs(at(one, 'spec', 'template', 'spec', 'nodeSelector'))),
    column('Age', () => ''),
    wide('Containers', (one) => templateContainers(one, 'name')),
    wide('Images', (one) => templateContainers(one, 'image')),
    wide('Selector', selectorText),
  ],
  ReplicaSet: [
    column('Desired', number('spec', 'replicas')),
    column('Current', number('status', 'replicas')),
    column('Ready', number('status', 'readyReplicas')),
    column('Age', () => ''),
    wide('Containers', (one) => templateContainers(one, 'name')),
    wide('Images', (one) => templateContainers(one, 'image')),
    wide('Selector', selectorText),
  ],
  Service: [
    column('Type', text('spec', 'type')),
    column('Cluster-IP', text('spec', 'clusterIP')),
    column('External-IP', externalAddress),
    column('Port(s)', (one) => joinedOr(listOf(at(one, 'spec', 'ports')).map(portText), '<none>')),
    column('Age', () => ''),
    wide('Selector', (one) => pairs(at(one, 'spec', 'selector'))),
  ],
  Namespace: [column('Status', text('status', 'phase')), column('Age', () => '')],
  ConfigMap: [
    column('Data', (one) =>
      ['data', 'binaryData'].reduce((sum, name) => sum + Object.keys(fieldsOf(one[name])).length, 0),
    ),
    column('Age', () => ''),
  ],
  Secret: [
    column('Type', text('type')),
    column('Data', (one) => Object.keys(fieldsOf(one['data'])).length),
    column('Age', () => ''),
  ],
  Ingress: [
    column('Class', text('spec', 'ingressClassName')),
    column('Hosts', (one) =>
      joinedOr(
        listOf(at(one, 'spec', 'rules')).map((rule) => textOf(at(rule, 'host')) || '*'),
        '*',
      ),
    ),
    column('Address', (one) =>
      listOf(at(one, 'status', 'loadBalancer', 'ingress'))
        .map((place) => textOf(at(place, 'ip')))
        .join(','),
    ),
    column('Ports', (one) => (listOf(at(one, 'spec', 'tls')).length > 0 ? '80, 443' : '80')),
    column('Age', () => ''),
  ],
}

interface Tabling {
  readonly kind: string
  readonly now: Date
  /** Rows have the object, not only its metadata. */
  readonly isWhole: boolean
}

/** What `Accept: …;as=Table` is answered with (https://kubernetes.io/docs/reference/using-api/api-concepts/). */
export function tableOf(answer: Fields, { kind, now, isWhole }: Tabling): Fields {
  const objects =
    'items' in answer ? listOf(answer['items']).filter(isKubeObject) : [answer].filter(isKubeObject)
  const columns = [
    column('Name', ({ metadata }) => metadata.name),
    ...(columnsOf[kind] ?? [column('Age', () => '')]),
  ]
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: columns.map(({ title, isWide }) => ({
      name: title,
      type: 'string',
      format: title === 'Name' ? 'name' : '',
      description: '',
      priority: isWide ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ title, cell }) => (title === 'Age' ? ageOf(object, now) : cell(object))),
      object: isWhole
        ? object
        : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  }
}

const ageOf = ({ metadata }: KubeObject, now: Date): string =>
  metadata.creationTimestamp === undefined
    ? '<unknown>'
    : humanDuration(now.getTime() - new Date(metadata.creationTimestamp).getTime())

function nodeStatus(node: KubeObject): string {
  const ready = listOf(at(node, 'status', 'conditions')).find((one) => at(one, 'type') === 'Ready')
  const state = ready === undefined ? 'Unknown' : at(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return at(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state
}

const rolesIn = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels)
    .flatMap(([name, value]) => {
      const [, role] = /^node-role\.kubernetes\.io\/(.+)$/.exec(name) ?? []
      return role ?? (name === 'kubernetes.io/role' ? value : [])
    })
    .toSorted()

const nodeAddress = (node: KubeObject, type: string): string =>
  textOf(
    at(
      listOf(at(node, 'status', 'addresses')).find((one) => at(one, 'type') === type),
      'address',
    ),
  ) || '<none>'

function containersOf(pod: KubeObject): readonly unknown[] {
  return listOf(at(pod, 'status', 'containerStatuses'))
}
function specContainers(pod: KubeObject): readonly unknown[] {
  return listOf(at(pod, 'spec', 'containers'))
}

function podStatus(pod: KubeObject): string {
  const waiting = containersOf(pod).map(
    (one) =>
      textOf(at(one, 'state', 'waiting', 'reason')) || textOf(at(one, 'state', 'terminated', 'reason')),
  )
  const reason =
    waiting.find((one) => one !== '') ??
    (textOf(at(pod, 'status', 'reason')) || textOf(at(pod, 'status', 'phase')))
  return pod.metadata.deletionTimestamp === undefined ? reason || 'Pending' : 'Terminating'
}

const templateContainers = (one: KubeObject, field: string): string =>
  listOf(at(one, 'spec', 'template', 'spec', 'containers'))
    .map((container) => textOf(at(container, field)))
    .join(',')

function selectorText(one: KubeObject): string {
  return pairs(at(one, 'spec', 'selector', 'matchLabels'))
}

const pairs = (value: unknown): string =>
  joinedOr(
    Object.entries(fieldsOf(value))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, text]) => `${name}=${String(text)}`),
    '<none>',
  )

function externalAddress(service: KubeObject): string {
  if (at(service, 'spec', 'type') !== 'LoadBalancer')
    return joinedOr(textsOf(at(service, 'spec', 'externalIPs')), '<none>')
  return joinedOr(
    listOf(at(service, 'status', 'loadBalancer', 'ingress')).map((one) => textOf(at(one, 'ip'))),
    '<pending>',
  )
}

function portText(port: unknown): string {
  const { port: own, nodePort, protocol = 'TCP' } = fieldsOf(port)
  return `${String(own)}${nodePort === undefined ? '' : `:${String(nodePort)}`}/${String(protocol)}`
}
