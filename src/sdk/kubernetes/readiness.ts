import {
  at,
  conditionOf,
  type Fields,
  fieldsOf,
  type KubeObject,
  listOf,
  numberOf,
  textOf,
} from './kube-object.ts'

/**
 * Whether an object has become what it says: the rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus/status) with
 * stricter ones where those call it done too early.
 */
export interface Readiness {
  readonly state: 'ready' | 'waiting' | 'failed'
  readonly message: string
}

const ready: Readiness = { state: 'ready', message: 'ready' }
const waiting = (message: string): Readiness => ({ state: 'waiting', message })
const failed = (message: string): Readiness => ({ state: 'failed', message })

export function readinessOf(object: KubeObject): Readiness {
  return generic(object) ?? (rules[object.kind] ?? anyKind)(object)
}

function generic(object: KubeObject): Readiness | undefined {
  if (object.metadata['deletionTimestamp'] !== undefined) return waiting('is being deleted')
  const observed = at(object, 'status', 'observedGeneration')
  if (observed !== undefined && observed !== object.metadata['generation'])
    return waiting('its change was not seen yet')
  if (isTrue(object, 'Stalled')) return failed(reasonOf(object, 'Stalled'))
  return isTrue(object, 'Reconciling') ? waiting(reasonOf(object, 'Reconciling')) : undefined
}

type Rule = (object: KubeObject) => Readiness

const isTrue = (object: unknown, type: string): boolean => conditionOf(object, type)?.['status'] === 'True'

function reasonOf(object: unknown, type: string): string {
  const { reason, message, status } = conditionOf(object, type) ?? { status: 'not there yet' }
  return textOf(message) || textOf(reason) || `${type} is ${String(status)}`
}

/** Kinds that are nothing but a condition. */
const needs =
  (type: string): Rule =>
  (object) =>
    isTrue(object, type) ? ready : waiting(reasonOf(object, type))

/** kstatus calls an object without a Ready condition done. */
const anyKind: Rule = (object) => {
  const condition = conditionOf(object, 'Ready')
  return condition === undefined || condition['status'] === 'True'
    ? ready
    : waiting(reasonOf(object, 'Ready'))
}

const status = (object: unknown, field: string): number => numberOf(at(object, 'status', field)) ?? 0

function deployment(object: KubeObject): Readiness {
  const progress = conditionOf(object, 'Progressing')
  if (progress?.['reason'] === 'ProgressDeadlineExceeded') return failed(reasonOf(object, 'Progressing'))
  const wanted = numberOf(at(object, 'spec', 'replicas')) ?? 1
  const [updated, available] = [status(object, 'updatedReplicas'), status(object, 'availableReplicas')]
  if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are of the new kind`)
  if (status(object, 'replicas') > updated) return waiting('old replicas are still there')
  if (available < wanted) return waiting(`${available} of ${wanted} replicas are available`)
  if (at(object, 'status', 'observedGeneration') === undefined) return waiting('its change was not seen yet')
  return isTrue(object, 'Available') ? ready : waiting(reasonOf(object, 'Available'))
}

function daemonSet(object: KubeObject): Readiness {
  if (at(object, 'status', 'observedGeneration') === undefined) return waiting('its change was not seen yet')
  const wanted = status(object, 'desiredNumberScheduled')
  for (const field of [
    'currentNumberScheduled',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberReady',
  ]) {
    if (status(object, field) < wanted) return waiting(`${status(object, field)} of ${wanted} (${field})`)
  }
  return ready
}

function statefulSet(object: KubeObject): Readiness {
  const wanted = numberOf(at(object, 'spec', 'replicas')) ?? 1
  if (status(object, 'readyReplicas') < wanted)
    return waiting(`${status(object, 'readyReplicas')} of ${wanted} replicas are ready`)
  const [current, update] = [at(object, 'status', 'currentRevision'), at(object, 'status', 'updateRevision')]
  return current === update || at(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
    ? ready
    : waiting('old replicas are still there')
}

function replicaSet(object: KubeObject): Readiness {
  const wanted = numberOf(at(object, 'spec', 'replicas')) ?? 1
  return status(object, 'readyReplicas') >= wanted
    ? ready
    : waiting(`${status(object, 'readyReplicas')} of ${wanted} replicas are ready`)
}

function pod(object: KubeObject): Readiness {
  const phase = at(object, 'status', 'phase')
  if (phase === 'Succeeded' || phase === 'Failed') return ready
  const reasons = listOf(at(object, 'status', 'containerStatuses')).map((one) =>
    textOf(at(one, 'state', 'waiting', 'reason')),
  )
  if (reasons.includes('CrashLoopBackOff')) return failed('a container crashes again and again')
  return isTrue(object, 'Ready')
    ? ready
    : waiting(reasons.find((reason) => reason !== '') ?? reasonOf(object, 'Ready'))
}

/** kstatus is content with a job that runs. */
function job(object: KubeObject): Readiness {
  if (isTrue(object, 'Failed')) return failed(reasonOf(object, 'Failed'))
  return isTrue(object, 'Complete') ? ready : waiting('it has not completed')
}

/** kstatus is content with a cluster address. */
function service(object: KubeObject): Readiness {
  if (at(object, 'spec', 'type') !== 'LoadBalancer') return ready
  return hasAddress(object) ? ready : waiting('it has no address from a load balancer')
}

const hasAddress = (object: KubeObject): boolean =>
  listOf(at(object, 'status', 'loadBalancer', 'ingress')).length > 0

function node(object: KubeObject): Readiness {
  const taints = listOf(at(object, 'spec', 'taints')).map((taint) => textOf(at(taint, 'key')))
  if (taints.includes('node.kubernetes.io/not-ready')) return waiting('it is tainted as not ready')
  return needs('Ready')(object)
}

function definition(object: KubeObject): Readiness {
  if (conditionOf(object, 'NamesAccepted')?.['status'] === 'False')
    return failed(reasonOf(object, 'NamesAccepted'))
  return needs('Established')(object)
}

/** Webhooks whose authority somebody else fills in are of no use before. */
function webhooks(object: KubeObject): Readiness {
  const empty = listOf(object['webhooks']).filter((one) => textOf(at(one, 'clientConfig', 'caBundle')) === '')
  return empty.length === 0 ? ready : waiting(`${empty.length} of its webhooks have no caBundle yet`)
}

const apiService: Rule = (object) =>
  at(object, 'spec', 'service') === undefined ? ready : needs('Available')(object)

const rules: Readonly<Record<string, Rule>> = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
  ReplicaSet: replicaSet,
  Pod: pod,
  Job: job,
  Service: service,
  Node: node,
  CustomResourceDefinition: definition,
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: webhooks,
  APIService: apiService,
  PersistentVolumeClaim: (object) =>
    at(object, 'status', 'phase') === 'Bound' ? ready : waiting('it is not bound'),
  Namespace: (object) => (at(object, 'status', 'phase') === 'Active' ? ready : waiting('it is not active')),
  Ingress: (object) => (hasAddress(object) ? ready : waiting('it has no address')),
  HorizontalPodAutoscaler: needs('ScalingActive'),
  Certificate: needs('Ready'),
  ClusterIssuer: needs('Ready'),
  Issuer: needs('Ready'),
}

export const conditionsOf = (object: KubeObject): readonly Fields[] =>
  listOf(at(object, 'status', 'conditions')).map(fieldsOf)
