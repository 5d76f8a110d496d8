import type { NodeFiles } from './cluster-node.ts'
import { isSuccess, NoCluster } from './kube-answer.ts'
import type { AskCluster } from './kube-client.ts'
import { at, textOf } from './kube-object.ts'

/**
 * What a control plane is in, told from four signs: its kubeconfig, its static pods, an API server that answers, and the
 * objects that kubeadm leaves when it is done. One file alone proves nothing: a set-up that broke off half-way has it too.
 */
export interface ControlPlaneState {
  readonly status: 'absent' | 'current' | 'down' | 'partial'
  /** The signs that are missing, for people. */
  readonly missing: readonly string[]
  /** Of the cluster, as kubeadm wrote it down: `v1.28.15`. */
  readonly clusterVersion?: string
}

export async function controlPlaneState(
  ask: AskCluster,
  files: NodeFiles,
  node: string,
): Promise<ControlPlaneState> {
  const parts = [
    ...(files.hasAdminConf ? [] : ['/etc/kubernetes/admin.conf']),
    ...(files.manifests === 4
      ? []
      : [`${4 - files.manifests} of the 4 static pods in /etc/kubernetes/manifests`]),
  ]
  if (!files.hasAdminConf && files.manifests === 0) return { status: 'absent', missing: parts }
  if (parts.length > 0) return { status: 'partial', missing: parts }
  if (!files.kubeletRuns) return { status: 'down', missing: ['kubelet, which does not run'] }
  try {
    return await askAbout(ask, node)
  } catch (error) {
    if (!(error instanceof NoCluster)) throw error
    return { status: 'down', missing: [`an API server that answers (${error.message})`] }
  }
}

async function askAbout(ask: AskCluster, node: string): Promise<ControlPlaneState> {
  const [ready, config, found] = await ask([
    { method: 'GET', path: '/readyz' },
    { method: 'GET', path: '/api/v1/namespaces/kube-system/configmaps/kubeadm-config' },
    { method: 'GET', path: `/api/v1/nodes/${encodeURIComponent(node)}` },
  ])
  if (!ready || !isSuccess(ready)) return { status: 'down', missing: ['an API server that is ready'] }
  const label = at(found?.body, 'metadata', 'labels', 'node-role.kubernetes.io/control-plane')
  const missing = [
    ...(config && isSuccess(config) ? [] : ['the ConfigMap kube-system/kubeadm-config']),
    ...(label === undefined ? [`the node ${node} with the label of a control plane`] : []),
  ]
  const text = textOf(at(config?.body, 'data', 'ClusterConfiguration'))
  const version = /^kubernetesVersion: *"?(v[\d.]+)/m.exec(text)?.[1]
  return {
    status: missing.length === 0 ? 'current' : 'partial',
    missing,
    ...(version === undefined ? {} : { clusterVersion: version }),
  }
}
