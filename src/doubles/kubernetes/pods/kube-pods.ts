import { existsSync } from 'node:fs'
import { Agent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Double } from '../../double.ts'
import type { DoubleHost } from '../../host.ts'
import { at, listOf, textOf } from '../../json.ts'
import { type ApiAccess, callApi, readKubeconfig } from '../api-client.ts'
import { addressOf } from '../controllers/running-status.ts'
import { isKubeObject, type KubeObject } from '../kube-object.ts'
import { kubeletConf } from '../kubeadm-files.ts'
import { Members } from './members.ts'
import { announce, changeNetwork, leftNetwork, type Network } from './node-network.ts'
import { type NodePlan, type NodeView, planNode } from './node-plan.ts'
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

const nothing: Network = { addresses: [], announced: [], routes: [] }

/** For how long MetalLB repeats what it announces (internal/layer2/announcer.go), for those who missed it. */
const announcingMs = 5000

class RunningNode {
  readonly #name: string
  readonly #access: ApiAccess
  readonly #servers: NodeServers
  readonly #members: Members
  #network: Network = leftNetwork()
  /** What the cluster said when it last changed, and its revision then. */
  #seen: { readonly revision: string; readonly view: Omit<NodeView, 'alive'> } | undefined
  #announceUntil = 0

  static async on(host: DoubleHost): Promise<RunningNode> {
    const access = { ...readKubeconfig(host.path(kubeletConf)), agent: new Agent({ keepAlive: true }) }
    return new RunningNode(await host.name(), access)
  }

  constructor(name: string, access: ApiAccess) {
    this.#name = name
    this.#access = access
    this.#servers = new NodeServers((path) => this.#read(path))
    this.#members = new Members(name)
  }

  /** Compares the node with what the cluster says of it, and the other nodes. Nothing changes while nobody answers. */
  async look(): Promise<void> {
    const view = await this.#view()
    this.#members.know(view.nodes.map((node) => ({ name: node.metadata.name, address: addressOf(node) })))
    this.#become(planNode({ ...view, alive: this.#members.alive() }))
  }

  stop(): void {
    this.#members.stop()
    this.#become({ ...nothing, listeners: [] })
  }

  async #view(): Promise<Omit<NodeView, 'alive'>> {
    const pods = await this.#read(`/api/v1/pods?fieldSelector=spec.nodeName%3D${this.#name}`)
    const revision = textOf(at(pods, 'metadata', 'resourceVersion'))
    if (revision === this.#seen?.revision) return this.#seen.view
    const [nodes = [], services = [], endpoints = []] = await Promise.all(
      ['nodes', 'services', 'endpoints'].map(async (kind) => objects(await this.#read(`/api/v1/${kind}`))),
    )
    const view = { name: this.#name, pods: objects(pods), nodes, services, endpoints }
    this.#seen = { revision, view }
    return view
  }

  #become(plan: NodePlan): void {
    changeNetwork(this.#network, plan)
    if (plan.announced.some((address) => !this.#network.announced.includes(address)))
      this.#announceUntil = performance.now() + announcingMs
    this.#network = plan
    if (performance.now() < this.#announceUntil) announce()
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
