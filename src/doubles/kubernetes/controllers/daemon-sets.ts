import { createHash, randomBytes } from 'node:crypto'
import { at, textOf } from '#doubles/json.ts'
import { isOwnedBy, type KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, remove, save, saveStatus } from './controller.ts'
import { podFrom } from './pod-from.ts'
import { toleratesTaints } from './scheduler.ts'

/** A pod for each node whose taints it tolerates; being not ready or cordoned is tolerated by all of them. */
export const daemonSets: Controller = (context) => {
  for (const set of context.cluster.list('DaemonSet')) {
    if (set.metadata.deletionTimestamp === undefined) cover(context, set)
  }
}

const hashLabel = 'controller-revision-hash'

function cover(context: ControllerContext, set: KubeObject): void {
  const { cluster } = context
  const hash = createHash('sha256')
    .update(JSON.stringify(at(set, 'spec', 'template')))
    .digest('hex')
    .slice(0, 10)
  const nodes = cluster
    .list('Node')
    .filter((node) => toleratesTaints(at(set, 'spec', 'template', 'spec'), node, { isDaemon: true }))
  const owned = (): readonly KubeObject[] =>
    cluster.list('Pod', set.metadata.namespace).filter((pod) => isOwnedBy(pod, set))
  const isCurrent = (pod: KubeObject): boolean => pod.metadata.labels?.[hashLabel] === hash
  for (const pod of owned()) {
    const isNeeded = nodes.some((node) => node.metadata.name === textOf(at(pod, 'spec', 'nodeName')))
    if (!isNeeded || !isCurrent(pod)) remove(context, pod)
  }
  for (const { metadata } of nodes) {
    if (owned().some((pod) => at(pod, 'spec', 'nodeName') === metadata.name)) continue
    const pod = podFrom(set, `${set.metadata.name}-${randomBytes(3).toString('hex').slice(0, 5)}`, {
      nodeName: metadata.name,
    })
    pod.metadata.labels = { ...pod.metadata.labels, [hashLabel]: hash }
    save(context, pod)
  }
  const ready = owned().filter((pod) => hasCondition(pod, 'Ready')).length
  saveStatus(context, set, {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: nodes.length,
    currentNumberScheduled: owned().length,
    updatedNumberScheduled: owned().filter(isCurrent).length,
    numberReady: ready,
    numberAvailable: ready,
    numberMisscheduled: 0,
  })
}
