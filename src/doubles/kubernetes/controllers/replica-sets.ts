import { randomBytes } from 'node:crypto'
import { at, numberOf } from '#doubles/json.ts'
import { isOwnedBy, type KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, remove, save, saveStatus } from './controller.ts'
import { podFrom } from './pod-from.ts'

export const replicaSets: Controller = (context) => {
  for (const set of context.cluster.list('ReplicaSet')) {
    if (set.metadata.deletionTimestamp === undefined) keepNumber(context, set)
  }
}

function keepNumber(context: ControllerContext, set: KubeObject): void {
  const pods = (): readonly KubeObject[] =>
    context.cluster.list('Pod', set.metadata.namespace).filter((pod) => isOwnedBy(pod, set))
  const wanted = numberOf(at(set, 'spec', 'replicas'), 1)
  const present = pods()
  for (let missing = wanted - present.length; missing > 0; missing -= 1) {
    save(context, podFrom(set, `${set.metadata.name}-${randomBytes(3).toString('hex').slice(0, 5)}`))
  }
  for (const pod of present.slice(wanted)) remove(context, pod)
  const ready = pods().filter((pod) => hasCondition(pod, 'Ready')).length
  saveStatus(context, set, {
    observedGeneration: set.metadata.generation,
    replicas: pods().length,
    fullyLabeledReplicas: pods().length,
    readyReplicas: ready,
    availableReplicas: ready,
  })
}
