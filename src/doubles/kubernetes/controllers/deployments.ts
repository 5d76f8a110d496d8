import { createHash } from 'node:crypto'
import { at, fieldsOf, isSame, numberOf } from '#doubles/json.ts'
import { isOwnedBy, type KubeObject, ownerReference } from '../kube-object.ts'
import {
  type Condition,
  type Controller,
  type ControllerContext,
  conditionsWith,
  save,
  saveStatus,
} from './controller.ts'

/** One ReplicaSet for each template; the newest takes over at once (maxSurge and maxUnavailable are not played out). */
export const deployments: Controller = (context) => {
  for (const deployment of context.cluster.list('Deployment')) {
    if (deployment.metadata.deletionTimestamp === undefined) roll(context, deployment)
  }
}

const hashLabel = 'pod-template-hash'

function roll(context: ControllerContext, deployment: KubeObject): void {
  const owned = context.cluster
    .list('ReplicaSet', deployment.metadata.namespace)
    .filter((set) => isOwnedBy(set, deployment))
  const template = at(deployment, 'spec', 'template')
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10)
  const name = `${deployment.metadata.name}-${hash}`
  const current = owned.find((set) => set.metadata.name === name)
  const replicas = numberOf(at(deployment, 'spec', 'replicas'), 1)
  if (!current || at(current, 'spec', 'replicas') !== replicas)
    save(context, replicaSet(deployment, { name, hash, replicas }))
  // The old pods stay until the new ones are ready.
  if (numberOf(at(current, 'status', 'readyReplicas')) >= replicas) retire(context, owned, name)
  report(context, deployment, { current, all: owned, replicas })
}

function retire(context: ControllerContext, owned: readonly KubeObject[], current: string): void {
  for (const set of owned) {
    const isOld = set.metadata.name !== current && at(set, 'spec', 'replicas') !== 0
    if (isOld) save(context, { ...set, spec: { ...fieldsOf(set['spec']), replicas: 0 } })
  }
}

function replicaSet(
  deployment: KubeObject,
  wanted: { name: string; hash: string; replicas: number },
): KubeObject {
  const template = structuredClone(fieldsOf(at(deployment, 'spec', 'template')))
  const labels = { ...fieldsOf(at(template, 'metadata', 'labels')), [hashLabel]: wanted.hash }
  const selector = structuredClone(fieldsOf(at(deployment, 'spec', 'selector')))
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: wanted.name,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: wanted.replicas,
      selector: {
        ...selector,
        matchLabels: { ...fieldsOf(selector['matchLabels']), [hashLabel]: wanted.hash },
      },
      template: { ...template, metadata: { ...fieldsOf(template['metadata']), labels } },
    },
  }
}

interface Progress {
  readonly current: KubeObject | undefined
  readonly all: readonly KubeObject[]
  readonly replicas: number
}

function report(
  context: ControllerContext,
  deployment: KubeObject,
  { current, all, replicas }: Progress,
): void {
  const sum = (field: string): number =>
    all.reduce((total, set) => total + numberOf(at(set, 'status', field)), 0)
  const [ready, updated] = [sum('readyReplicas'), numberOf(at(current, 'status', 'replicas'))]
  const isDone = updated >= replicas && ready >= replicas && sum('replicas') === replicas
  const conditions: readonly Condition[] = [
    {
      type: 'Available',
      status: ready >= replicas ? 'True' : 'False',
      reason: ready >= replicas ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${ready >= replicas ? 'has' : 'does not have'} minimum availability.`,
    },
    {
      type: 'Progressing',
      status: 'True',
      reason: isDone ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
      message: `ReplicaSet "${current?.metadata.name ?? ''}" ${isDone ? 'has successfully progressed' : 'is progressing'}.`,
    },
  ]
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas: sum('replicas'),
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(replicas - ready, 0),
    ...conditionsWith(context, deployment, conditions),
  }
  if (!isSame(status, deployment['status'])) saveStatus(context, deployment, status)
}
