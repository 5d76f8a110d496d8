import { at, type Fields, fieldsOf, isFields, listOf, put, putDefault, textOf } from '../json.ts'
import type { KubeObject } from './kube-object.ts'

/**
 * What the server adds to objects that leave it out: the part of pkg/apis/{core,apps,batch,autoscaling}/v1/defaults.go that
 * objects in use here meet. It changes the object it is given.
 */
export function setDefaults(object: KubeObject): void {
  defaultsOf[object.kind]?.(object)
  for (const place of podPlaces(object)) podDefaults(place)
}

const template = ['spec', 'template', 'spec']

const defaultsOf: Readonly<Record<string, (object: KubeObject) => void>> = {
  Deployment(object) {
    putDefault(object, ['spec', 'replicas'], 1)
    putDefault(object, ['spec', 'revisionHistoryLimit'], 10)
    putDefault(object, ['spec', 'progressDeadlineSeconds'], 600)
    putDefault(object, ['spec', 'strategy', 'type'], 'RollingUpdate')
    if (at(object, 'spec', 'strategy', 'type') !== 'RollingUpdate') return
    putDefault(object, ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], '25%')
    putDefault(object, ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], '25%')
  },
  DaemonSet(object) {
    putDefault(object, ['spec', 'revisionHistoryLimit'], 10)
    putDefault(object, ['spec', 'updateStrategy', 'type'], 'RollingUpdate')
  },
  ReplicaSet: (object) => putDefault(object, ['spec', 'replicas'], 1),
  Job(object) {
    putDefault(object, ['spec', 'backoffLimit'], 6)
    putDefault(object, ['spec', 'completions'], 1)
    putDefault(object, ['spec', 'parallelism'], 1)
  },
  Service(object) {
    putDefault(object, ['spec', 'type'], 'ClusterIP')
    putDefault(object, ['spec', 'sessionAffinity'], 'None')
    putDefault(object, ['spec', 'internalTrafficPolicy'], 'Cluster')
    for (const port of listOf(at(object, 'spec', 'ports')).filter(isFields)) {
      putDefault(port, ['protocol'], 'TCP')
      putDefault(port, ['targetPort'], port['port'])
    }
    if (at(object, 'spec', 'type') === 'LoadBalancer') {
      putDefault(object, ['spec', 'allocateLoadBalancerNodePorts'], true)
      putDefault(object, ['spec', 'externalTrafficPolicy'], 'Cluster')
    }
  },
  Secret(object) {
    putDefault(object, ['type'], 'Opaque')
    const plain = fieldsOf(object['stringData'])
    // stringData is write-only: it joins data and is gone.
    for (const [name, value] of Object.entries(plain)) {
      put(object, ['data', name], Buffer.from(textOf(value)).toString('base64'))
    }
    delete object['stringData']
  },
  HorizontalPodAutoscaler: (object) => putDefault(object, ['spec', 'minReplicas'], 1),
  Namespace(object) {
    putDefault(object, ['spec', 'finalizers'], ['kubernetes'])
    object.metadata.labels = {
      'kubernetes.io/metadata.name': object.metadata.name,
      ...object.metadata.labels,
    }
  },
  CustomResourceDefinition(object) {
    putDefault(object, ['spec', 'conversion', 'strategy'], 'None')
    putDefault(
      object,
      ['spec', 'names', 'singular'],
      textOf(at(object, 'spec', 'names', 'kind')).toLowerCase(),
    )
    putDefault(object, ['spec', 'names', 'listKind'], `${textOf(at(object, 'spec', 'names', 'kind'))}List`)
  },
}

function podPlaces(object: KubeObject): readonly Fields[] {
  if (object.kind === 'Pod') return [fieldsOf(object['spec'])]
  const spec = at(object, ...template)
  return isFields(spec) ? [spec] : []
}

function podDefaults(spec: Fields): void {
  putDefault(spec, ['restartPolicy'], 'Always')
  putDefault(spec, ['dnsPolicy'], 'ClusterFirst')
  putDefault(spec, ['schedulerName'], 'default-scheduler')
  putDefault(spec, ['terminationGracePeriodSeconds'], 30)
  putDefault(spec, ['securityContext'], {})
  for (const container of [...listOf(spec['containers']), ...listOf(spec['initContainers'])].filter(
    isFields,
  )) {
    const image = textOf(container['image'])
    const isLatest = !image.includes('@') && (!/:[^/]+$/.test(image) || image.endsWith(':latest'))
    putDefault(container, ['imagePullPolicy'], isLatest ? 'Always' : 'IfNotPresent')
    putDefault(container, ['terminationMessagePath'], '/dev/termination-log')
    putDefault(container, ['terminationMessagePolicy'], 'File')
    putDefault(container, ['resources'], {})
    for (const port of listOf(container['ports']).filter(isFields)) putDefault(port, ['protocol'], 'TCP')
  }
}
