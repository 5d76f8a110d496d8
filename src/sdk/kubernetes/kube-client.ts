import { HostError } from '#model/host-error.ts'
import type { ReadHost, WriteHost } from '../host.ts'
import { NoCluster, readAnswers } from './kube-answer.ts'
import type { KubeAnswer, KubeRequest, KubeRoad } from './kube-request.ts'
import { kubeScript } from './kube-script.ts'

/** Sends requests in one go and gives their answers in order. Throws NoCluster when nobody answers. */
export type AskCluster = (requests: readonly KubeRequest[]) => Promise<readonly KubeAnswer[]>

/** For probes: what is asked is remembered until a task touches the cluster. */
export function clusterReader(host: ReadHost, road: KubeRoad): AskCluster {
  return async (requests) => {
    if (requests.length === 0) return []
    const answered = await host.read(kubeScript(requests, road), { reads: [{ kind: 'kubernetes' }] })
    return readAnswers(answered, requests.length, road)
  }
}

/** For changes. */
export function clusterWriter(host: WriteHost, road: KubeRoad): AskCluster {
  return async (requests) => {
    if (requests.length === 0) return []
    const answered = await host.run(kubeScript(requests, road), { accept: 'any' })
    return readAnswers(answered, requests.length, road)
  }
}

/** For looks in loops, which must see what is there now. */
export function clusterWatcher(host: WriteHost, road: KubeRoad): AskCluster {
  return clusterWriter(host, road)
}

/** A cluster that should be there and is not. */
export function asHostError(error: unknown): unknown {
  return error instanceof NoCluster
    ? new HostError('refused', error.message, {
        remedy:
          'Set the control plane up first (playbooks/kubernetes.yml), or see `systemctl status kubelet` and `crictl ps -a`.',
      })
    : error
}
