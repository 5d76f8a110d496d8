import { at, fieldsOf, listOf, textOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'

interface Surroundings {
  readonly taken: ReadonlySet<string>
  readonly now: string
}

/** What a kubelet reports of a pod that it runs: pods of jobs have succeeded by then. */
export function runningStatus(
  pod: KubeObject,
  node: KubeObject,
  { taken, now }: Surroundings,
): Record<string, unknown> {
  const isJob = pod.metadata.ownerReferences?.[0]?.kind === 'Job'
  const state = isJob ? { terminated: { exitCode: 0, reason: 'Completed' } } : { running: { startedAt: now } }
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: isJob && type.endsWith('Ready') ? 'False' : 'True',
    lastTransitionTime: now,
  }))
  const hostIP = addressOf(node)
  const isOnHost = at(pod, 'spec', 'hostNetwork') === true
  return {
    phase: isJob ? 'Succeeded' : 'Running',
    conditions,
    hostIP,
    podIP: isOnHost ? hostIP : freeAddress(node, taken),
    startTime: now,
    containerStatuses: listOf(at(pod, 'spec', 'containers')).map((container) => ({
      name: fieldsOf(container)['name'],
      image: fieldsOf(container)['image'],
      ready: !isJob,
      started: !isJob,
      restartCount: 0,
      state,
    })),
  }
}

export function addressOf(node: KubeObject): string {
  const internal = listOf(at(node, 'status', 'addresses')).find((one) => at(one, 'type') === 'InternalIP')
  return textOf(at(internal, 'address'))
}

/** host-local gives out addresses of the node's own piece of the network; .1 is the bridge. */
function freeAddress(node: KubeObject, taken: ReadonlySet<string>): string {
  const prefix = textOf(at(node, 'spec', 'podCIDR')).replace(/\.0\/24$/, '')
  let number = 2
  while (taken.has(`${prefix}.${number}`)) number += 1
  return `${prefix}.${number}`
}
