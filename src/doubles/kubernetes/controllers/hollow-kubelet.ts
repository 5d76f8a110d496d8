import { at, textOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, saveStatus } from './controller.ts'
import { runningStatus } from './running-status.ts'

/** With hollow nodes, pods run as soon as they are bound; else the kubelet doubles of the nodes say so. */
export const hollowKubelet: Controller = (context) => {
  const { cluster } = context
  if (!cluster.options.hollowNodes) return
  for (const pod of cluster.list('Pod')) {
    const node = cluster.get('Node', '', textOf(at(pod, 'spec', 'nodeName')))
    const isDone = at(pod, 'status', 'phase') !== 'Pending'
    if (!node || isDone || !hasCondition(node, 'Ready')) continue
    saveStatus(
      context,
      pod,
      runningStatus(pod, node, { taken: addresses(cluster.list('Pod')), now: cluster.timestamp() }),
    )
  }
}

const addresses = (pods: readonly KubeObject[]): ReadonlySet<string> =>
  new Set(pods.map((pod) => textOf(at(pod, 'status', 'podIP'))))
