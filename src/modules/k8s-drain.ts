import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import { type Static, t } from '#sdk/args.ts'
import { roadArgs, roadOf } from '#sdk/kubernetes/k8s-args.ts'
import { isSuccess, messageOf, NoCluster } from '#sdk/kubernetes/kube-answer.ts'
import { type AskCluster, clusterReader, clusterWriter } from '#sdk/kubernetes/kube-client.ts'
import { at, isKubeObject, type KubeObject, nameOf } from '#sdk/kubernetes/kube-object.ts'
import type { KubeRequest } from '#sdk/kubernetes/kube-request.ts'
import { podsIn, podsToEvict } from '#sdk/kubernetes/node-pods.ts'
import { type ApplyContext, defineModule, TaskFailure } from '#sdk/module.ts'

const args = t.Args({
  name: t.String({ description: 'The node.', minLength: 1 }),
  state: t.Optional(
    t.Choice(['drain', 'cordon', 'uncordon'], { description: 'What to do with the node.', default: 'drain' }),
  ),
  only_ours: t.Optional(
    t.Boolean({
      description: 'Uncordon only what this module cordoned: a node that somebody else took out stays out.',
      default: true,
    }),
  ),
  ignore_daemonsets: t.Optional(
    t.Boolean({ description: 'Leave the pods of DaemonSets where they are.', default: true }),
  ),
  delete_emptydir_data: t.Optional(
    t.Boolean({ description: 'Evict pods that keep data in an emptyDir, which is lost.', default: false }),
  ),
  force: t.Optional(t.Boolean({ description: 'Evict pods that nothing makes anew.', default: false })),
  disable_eviction: t.Optional(
    t.Boolean({ description: 'Delete pods, whatever disruption budgets say.', default: false }),
  ),
  timeout: t.Optional(
    t.Integer({ description: 'Seconds to wait for the pods to go.', default: 300, minimum: 1 }),
  ),
  ...roadArgs,
})

type Args = Static<typeof args>

interface State {
  readonly node?: KubeObject
  readonly evict: readonly KubeObject[]
  readonly problems: readonly string[]
  readonly unknown?: string
}

/** Says on the node that its being cordoned is our doing. */
const mark = 'tsplay.dev/cordoned'

export default defineModule({
  summary: 'Takes a node out of service, its pods evicted, or brings it back.',
  description: `Pods are evicted, so disruption budgets hold: while one does not allow it the module waits. It is for a host with a
kubeconfig, and remembers on the node that it was cordoned here, so that \`uncordon\` leaves alone what others took out.`,
  args,
  examples: [
    {
      title: 'Drain a worker before its upgrade',
      args: { name: 'k8s-worker01', delete_emptydir_data: true },
    },
    { title: 'And bring it back', args: { name: 'k8s-worker01', state: 'uncordon' } },
  ],

  async probe({ args, host }): Promise<State> {
    const ask = clusterReader(host, roadOf(args))
    try {
      return await look(ask, args)
    } catch (error) {
      if (error instanceof NoCluster) return { evict: [], problems: [], unknown: error.message }
      throw error
    }
  },

  plan({ args, state, mode }): readonly Change[] {
    const { node, evict, problems, unknown } = state
    if (unknown !== undefined && mode === 'check')
      return [{ field: 'schedulable', before: new Unknown(unknown), after: args.state ?? 'drain' }]
    if (unknown !== undefined) throw new TaskFailure(unknown)
    if (!node) throw new TaskFailure(`The cluster has no node ${args.name}.`)
    const { state: wanted = 'drain' } = args
    if (wanted === 'uncordon')
      return mayUncordon(node, args) ? [{ field: 'schedulable', before: false, after: true }] : []
    if (wanted === 'drain' && problems.length > 0)
      throw new TaskFailure(`${args.name} cannot be drained: ${problems.join('; ')}.`)
    const cordoned = isCordoned(node) ? [] : [{ field: 'schedulable', before: true, after: false }]
    return [
      ...cordoned,
      ...(wanted === 'drain'
        ? evict.map((pod) => ({ field: nameOf(pod), before: 'running', after: 'evicted' }))
        : []),
    ]
  },

  async apply(context) {
    const { args, state, host } = context
    const ask = clusterWriter(host, roadOf(args))
    if (args.state === 'uncordon') await send(ask, cordonRequest(args.name, false))
    else {
      if (state.node && !isCordoned(state.node)) await send(ask, cordonRequest(args.name, true))
      if ((args.state ?? 'drain') === 'drain') await evictAll(ask, context)
    }
  },

  touches: () => [{ kind: 'kubernetes' }],
})

async function look(ask: AskCluster, args: Args): Promise<State> {
  const field = encodeURIComponent(`spec.nodeName=${args.name}`)
  const [node, pods] = await ask([
    { method: 'GET', path: nodePath(args.name) },
    { method: 'GET', path: `/api/v1/pods?fieldSelector=${field}` },
  ])
  const rules = {
    ignoreDaemonSets: args.ignore_daemonsets ?? true,
    force: args.force ?? false,
    deleteEmptyDir: args.delete_emptydir_data ?? false,
  }
  const found = node && isKubeObject(node.body) && isSuccess(node) ? { node: node.body } : {}
  return { ...found, ...podsToEvict(podsIn(pods?.body), rules) }
}

const nodePath = (name: string): string => `/api/v1/nodes/${encodeURIComponent(name)}`

const isCordoned = (node: KubeObject): boolean => at(node, 'spec', 'unschedulable') === true

const mayUncordon = (node: KubeObject, { only_ours = true }: Args): boolean =>
  isCordoned(node) && (!only_ours || at(node, 'metadata', 'annotations', mark) !== undefined)

const cordonRequest = (name: string, isOut: boolean): KubeRequest => ({
  method: 'PATCH',
  patch: 'merge',
  path: `${nodePath(name)}?fieldManager=tsplay-drain`,
  body: {
    metadata: { annotations: { [mark]: isOut ? 'true' : null } },
    spec: { unschedulable: isOut ? true : null },
  },
})

async function send(ask: AskCluster, request: KubeRequest): Promise<void> {
  const [answer] = await ask([request])
  if (!answer || !isSuccess(answer))
    throw new TaskFailure(answer ? messageOf(answer) : 'The cluster does not answer.')
}

async function evictAll(
  ask: AskCluster,
  { args, controller, progress }: ApplyContext<Args, State>,
): Promise<void> {
  const { timeout = 300 } = args
  const started = controller.now().getTime()
  for (let rounds = 0; ; rounds += 1) {
    const { evict } = await look(ask, args)
    if (evict.length === 0) return
    const answers = await ask(evict.map((pod) => evictionOf(pod, args.disable_eviction ?? false)))
    const wrong = answers.find(({ code }) => code >= 400 && code !== 404 && code !== 429)
    if (wrong) throw new TaskFailure(messageOf(wrong))
    const held = evict.filter((_, i) => answers[i]?.code === 429).map(nameOf)
    const elapsed = Math.round((controller.now().getTime() - started) / 1000)
    const what =
      held.length > 0 ? `a disruption budget keeps ${held.join(', ')}` : `${evict.length} pods are ending`
    if (elapsed >= timeout)
      throw new TaskFailure(`${args.name} is not drained after ${timeout} s: ${what}. It stays cordoned.`)
    progress(`${what}, ${elapsed} of ${timeout} s`)
    // kubectl asks every five seconds, but a replacement is often there in one.
    await controller.sleep(held.length > 0 ? Math.min(500 * 2 ** rounds, 5000) : 500)
  }
}

function evictionOf({ metadata: { name, namespace = '' } }: KubeObject, isDeletion: boolean): KubeRequest {
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}`
  if (isDeletion) return { method: 'DELETE', path, body: { kind: 'DeleteOptions', apiVersion: 'v1' } }
  return {
    method: 'POST',
    path: `${path}/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
  }
}
