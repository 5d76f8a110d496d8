import { at, fieldsOf, listOf, textOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, conditionsWith, save, saveStatus } from './controller.ts'

/** Binds a pod to the node with the fewest pods of its kind among those it may run on, which spreads replicas. */
export const schedule: Controller = (context) => {
  const { cluster } = context
  for (const pod of cluster.list('Pod')) {
    if (at(pod, 'spec', 'nodeName') !== undefined) continue
    const fit = cluster.list('Node').filter((node) => fits(pod, node))
    const load = (node: KubeObject): number =>
      cluster
        .list('Pod')
        .filter((other) => at(other, 'spec', 'nodeName') === node.metadata.name && isSameKind(pod, other))
        .length
    const [best] = fit.toSorted((a, b) => load(a) - load(b))
    if (best) save(context, { ...pod, spec: { ...fieldsOf(pod['spec']), nodeName: best.metadata.name } })
    else {
      const message = `0/${cluster.list('Node').length} nodes are available.`
      const waiting = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
      saveStatus(context, pod, conditionsWith(context, pod, [waiting]))
    }
  }
}

const isSameKind = (a: KubeObject, b: KubeObject): boolean =>
  a.metadata.ownerReferences?.[0]?.uid === b.metadata.ownerReferences?.[0]?.uid

function fits(pod: KubeObject, node: KubeObject): boolean {
  const wanted = Object.entries(fieldsOf(at(pod, 'spec', 'nodeSelector')))
  return (
    at(node, 'spec', 'unschedulable') !== true &&
    hasCondition(node, 'Ready') &&
    wanted.every(([key, value]) => node.metadata.labels?.[key] === value) &&
    toleratesTaints(pod['spec'], node)
  )
}

export function toleratesTaints(podSpec: unknown, node: KubeObject, { isDaemon = false } = {}): boolean {
  const tolerations = listOf(at(podSpec, 'tolerations'))
  return listOf(at(node, 'spec', 'taints'))
    .filter((taint) => ['NoSchedule', 'NoExecute'].includes(textOf(at(taint, 'effect'))))
    .filter((taint) => !(isDaemon && textOf(at(taint, 'key')).startsWith('node.kubernetes.io/')))
    .every((taint) => tolerations.some((toleration) => isTolerated(toleration, taint)))
}

function isTolerated(toleration: unknown, taint: unknown): boolean {
  const [key, effect] = [at(toleration, 'key'), at(toleration, 'effect')]
  if (effect !== undefined && effect !== at(taint, 'effect')) return false
  if (at(toleration, 'operator') === 'Exists') return key === undefined || key === at(taint, 'key')
  return key === at(taint, 'key') && textOf(at(toleration, 'value')) === textOf(at(taint, 'value'))
}
