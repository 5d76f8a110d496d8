import { at, fieldsOf, listOf, textOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, conditionsWith, save, saveStatus } from './controller.ts'

/**
 * A node whose kubelet says nothing is Unknown, and its pods are not ready, so that nobody is sent to them
 * (pkg/controller/nodelifecycle: MarkPodsNotReady); each node has a piece of the pods' network.
 */
export const nodeLifecycle: Controller = (context) => {
  const { cluster } = context
  for (const node of cluster.list('Node')) {
    assignPodCidr(context, node)
    if (!cluster.options.hollowNodes) watchHeartbeat(context, node)
  }
}

function watchHeartbeat(context: ControllerContext, node: KubeObject): void {
  const { cluster } = context
  const grace = cluster.options.nodeGraceMs ?? 40_000
  const lease = cluster.get('Lease', 'kube-node-lease', node.metadata.name)
  const renewed = textOf(at(lease, 'spec', 'renewTime'))
  if (renewed === '') return
  const silence = cluster.now().getTime() - new Date(renewed).getTime()
  const isReady = readyCondition(node)?.['status']
  if (silence > grace) loseTouch(context, node.metadata.name)
  if (silence > grace && isReady !== 'Unknown') {
    const unknown = {
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    }
    saveStatus(context, node, conditionsWith(context, node, [unknown]))
  }
  if (silence <= grace) context.again(grace - silence + 50)
}

function loseTouch(context: ControllerContext, name: string): void {
  const pods = context.cluster.list('Pod').filter((pod) => at(pod, 'spec', 'nodeName') === name)
  for (const pod of pods.filter((one) => hasCondition(one, 'Ready'))) {
    const condition = { type: 'Ready', status: 'False', reason: 'NodeNotReady' }
    saveStatus(context, pod, conditionsWith(context, pod, [condition]))
  }
}

export const readyCondition = (node: KubeObject): Record<string, unknown> | undefined =>
  listOf(at(node, 'status', 'conditions'))
    .map(fieldsOf)
    .find(({ type }) => type === 'Ready')

/** The controller manager gives out the third bytes of --cluster-cidr one by one. */
function assignPodCidr(context: ControllerContext, node: KubeObject): void {
  if (at(node, 'spec', 'podCIDR') !== undefined) return
  const taken = new Set(context.cluster.list('Node').map((other) => textOf(at(other, 'spec', 'podCIDR'))))
  let number = 0
  while (taken.has(`10.244.${number}.0/24`)) number += 1
  const podCIDR = `10.244.${number}.0/24`
  save(context, { ...node, spec: { ...fieldsOf(node['spec']), podCIDR, podCIDRs: [podCIDR] } })
}
