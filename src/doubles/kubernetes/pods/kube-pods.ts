import { existsSync } from 'node:fs'
import { Agent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Double } from '../../double.ts'
import type { DoubleHost } from '../../host.ts'
import { at, listOf, textOf } from '../../json.ts'
import { type ApiAccess, callApi, readKubeconfig } from '../api-client.ts'
import { isKubeObject, type KubeObject } from '../kube-object.ts'
import { kubeletConf } from '../kubeadm-files.ts'
import { changeNetwork, leftNetwork, type Network } from './node-network.ts'
import { type NodePlan, planNode } from './node-plan.ts'
import { NodeServers } from './node-servers.ts'

const cites =
  'containerd, flannel, kube-proxy, MetalLB in layer 2 mode (https://metallb.io/concepts/layer2/) and ingress-nginx (https://kubernetes.github.io/ingress-nginx/), as far as clients can tell'

/**
 * What runs in the pods of a node. kubelet starts it, and it outlives kubelet, as containers do; it ends when the node is
 * reset, and takes its addresses along.
 */
export const kubePods: Double = {
  name: 'kube-pods',
  cites,
  async answer(host) {
    const over = new AbortController()
    process.once('SIGTERM', () => over.abort())
    const node = await RunningNode.on(host)
    while (!over.signal.aborted && existsSync(host.path(kubeletConf))) {
      await node.look().catch((error: unknown) => process.stderr.write(`E pods: ${String(error)}\n`))
      await sleep(500, undefined, { signal: over.signal }).catch(() => undefined)
    }
    node.stop()
    return {}
  },
}

const nothing: Network = { addresses: [], routes: [] }

class RunningNode {
  readonly #name: string
  readonly #access: ApiAccess
  readonly #servers: NodeServers
  #network: Network = leftNetwork()
  /** The cluster's revision at the last look. */
  #seen = ''

  static async on(host: DoubleHost): Promise<RunningNode> {
    const access = { ...readKubeconfig(host.path(kubeletConf)), agent: new Agent({ keepAlive: true }) }
    return new RunningNode(await host.name(), access)
  }

  constructor(name: string, access: ApiAccess) {
    this.#name = name
    this.#access = access
    this.#servers = new NodeServers((path) => this.#read(path))
  }

  /** Compares the node with what the cluster says of it. Nothing changes while nobody answers. */
  async look(): Promise<void> {
    const pods = await this.#read(`/api/v1/pods?fieldSelector=spec.nodeName%3D${this.#name}`)
    const revision = textOf(at(pods, 'metadata', 'resourceVersion'))
    if (revision === this.#seen && this.#servers.isWhole) return
    const [nodes, services, endpoints] = await Promise.all(
      ['nodes', 'services', 'endpoints'].map(async (kind) => objects(await this.#read(`/api/v1/${kind}`))),
    )
    const view = { nodes: nodes ?? [], services: services ?? [], endpoints: endpoints ?? [] }
    this.#become(planNode({ name: this.#name, pods: objects(pods), ...view }))
    this.#seen = revision
  }

  stop(): void {
    this.#become({ ...nothing, listeners: [] })
  }

  #become(plan: NodePlan): void {
    changeNetwork(this.#network, plan)
    this.#network = plan
    this.#servers.become(plan.listeners)
  }

  async #read(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { code, body } = await callApi(this.#access, { method: 'GET', path })
    if (code === 404) return undefined
    if (code >= 400) throw new Error(`${code} for ${path}: ${textOf(body['message'])}`)
    return body
  }
}

const objects = (list: Readonly<Record<string, unknown>> | undefined): readonly KubeObject[] =>
  listOf(list?.['items']).filter(isKubeObject)
