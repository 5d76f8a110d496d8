import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Double } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { at, listOf, textOf } from '../json.ts'
import { type ApiAccess, callApi, readKubeconfig } from './api-client.ts'
import { keepContainer } from './container.ts'
import { runningStatus } from './controllers/running-status.ts'
import { isKubeObject, type KubeObject } from './kube-object.ts'
import { kubeletConf, kubeletConfig, staticCommand, writeText } from './kubeadm-files.ts'
import { programVersion } from './program-version.ts'
import { hasCondition } from './store.ts'

const cites =
  'kubelet 1.28: cmd/kubelet/app/server.go, pkg/kubelet/kubelet_node_status.go; https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/'

/** Runs the control plane's static pods, keeps its node's status, and says of pods that they run. */
export const kubelet: Double = {
  name: 'kubelet',
  cites,
  async answer(host, args) {
    const version = await programVersion(host, 'kubelet')
    if (args.includes('--version')) return { stdout: `Kubernetes ${version}\n` }
    if (!existsSync(host.path(kubeletConfig))) {
      const text = `failed to load kubelet config file, path: ${kubeletConfig}, error: open ${kubeletConfig}: no such file or directory`
      return { exit: 1, stderr: `E1129 run.go:74] "command failed" err="${text}"\n` }
    }
    const over = new AbortController()
    process.once('SIGTERM', () => over.abort())
    const reported: Reported = { at: 0, status: '' }
    while (!over.signal.aborted) {
      // Made anew when its manifest changed.
      keepContainer(host, 'kube-apiserver', staticCommand(host, 'kube-apiserver'))
      keepContainer(host, 'kube-pods', existsSync(host.path(kubeletConf)) ? [] : undefined)
      await keepNode(host, { version, reported }).catch((error: unknown) =>
        process.stderr.write(`E ${String(error)}\n`),
      )
      await sleep(500, undefined, { signal: over.signal }).catch(() => undefined)
    }
    return {}
  },
}

/** What was last said of the node, and when. */
interface Reported {
  at: number
  status: string
}

/** nodeStatusUpdateFrequency, and how often a lease of 40 s is renewed. */
const heartbeatMs = 10_000

const agent = new Agent({ keepAlive: true })

async function keepNode(
  host: DoubleHost,
  { version, reported }: { version: string; reported: Reported },
): Promise<void> {
  const access = { ...readKubeconfig(host.path(kubeletConf)), agent }
  const name = await host.name()
  const path = `/api/v1/nodes/${name}`
  const isNew = (await callApi(access, { method: 'GET', path })).code === 404
  if (isNew)
    await callApi(access, { method: 'POST', path: '/api/v1/nodes?fieldManager=kubelet', body: newNode(name) })
  const isNetworkReady = readdirIfThere(host.path('/etc/cni/net.d')).some((file) =>
    /\.conf(list)?$/.test(file),
  )
  const status = nodeStatus(host, { version, isNetworkReady, name })
  const text = JSON.stringify(status)
  if (isNew || text !== reported.status || Date.now() - reported.at >= heartbeatMs) {
    const type = 'application/merge-patch+json'
    await callApi(access, {
      method: 'PATCH',
      path: `${path}/status?fieldManager=kubelet`,
      body: { status },
      type,
    })
    await renewLease(access, name)
    reported.at = Date.now()
    reported.status = text
  }
  await keepPods(host, access, name)
}

const newNode = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    annotations: { 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd/containerd.sock' },
  },
  spec: {},
})

function nodeStatus(
  host: DoubleHost,
  { version, isNetworkReady, name }: { version: string; isNetworkReady: boolean; name: string },
) {
  const machineID = existsSync(host.path('/etc/machine-id'))
    ? readFileSync(host.path('/etc/machine-id'), 'utf8').trim()
    : ''
  const ready = isNetworkReady
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        message:
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      }
  return {
    conditions: [ready],
    addresses: [
      { type: 'InternalIP', address: ownAddress(host, name) },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: { machineID, kubeletVersion: version, containerRuntimeVersion: 'containerd://1.7.22' },
  }
}

/** As /etc/hosts has it. */
function ownAddress(host: DoubleHost, name: string): string {
  const lines = existsSync(host.path('/etc/hosts'))
    ? readFileSync(host.path('/etc/hosts'), 'utf8').split('\n')
    : []
  const words = lines
    .map((line) => line.split(/\s+/))
    .find(([address = '', ...names]) => names.includes(name) && !address.startsWith('127.'))
  return words?.[0] ?? '127.0.0.1'
}

async function renewLease(access: ApiAccess, name: string): Promise<void> {
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, renewTime: new Date().toISOString() },
  }
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}?fieldManager=kubelet&force=true`
  await callApi(access, { method: 'PATCH', path, body: lease, type: 'application/apply-patch+yaml' })
}

async function keepPods(host: DoubleHost, access: ApiAccess, name: string): Promise<void> {
  const list = await callApi(access, {
    method: 'GET',
    path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`,
  })
  const node = (await callApi(access, { method: 'GET', path: `/api/v1/nodes/${name}` })).body
  const pods = listOf(list.body['items']).filter(isKubeObject)
  const taken = new Set(pods.map((pod) => textOf(at(pod, 'status', 'podIP'))))
  for (const pod of pods) {
    const phase = at(pod, 'status', 'phase')
    // Those that were taken for lost while this kubelet said nothing are still there.
    const isBack = phase === 'Running' && !hasCondition(pod, 'Ready')
    if ((phase !== 'Pending' && !isBack) || !isKubeObject(node)) continue
    const fresh = runningStatus(pod, node, { taken, now: new Date().toISOString().replace(/\.\d+/, '') })
    taken.add(textOf(fresh['podIP']))
    const status = isBack ? { conditions: fresh['conditions'] } : fresh
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status?fieldManager=kubelet`
    await callApi(access, { method: 'PATCH', path, body: { status }, type: 'application/merge-patch+json' })
    if (isFlannel(pod)) writeNetwork(host, node)
  }
}

const isFlannel = (pod: KubeObject): boolean => pod.metadata.name.startsWith('kube-flannel-ds')

/** What flannel's pod leaves on its node: the network becomes ready by it. */
function writeNetwork(host: DoubleHost, node: KubeObject): void {
  writeText(
    host,
    '/etc/cni/net.d/10-flannel.conflist',
    '{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel"},{"type":"portmap"}]}\n',
    0o644,
  )
  const subnet = textOf(at(node, 'spec', 'podCIDR')).replace('.0/24', '.1/24')
  writeText(
    host,
    '/run/flannel/subnet.env',
    `FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=${subnet}\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n`,
    0o644,
  )
}

function readdirIfThere(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
