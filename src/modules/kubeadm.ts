import type { Change } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import { Unknown } from '#model/unknown.ts'
import { type Static, t } from '#sdk/args.ts'
import { type NodeFiles, readNodeFiles } from '#sdk/kubernetes/cluster-node.ts'
import { type ControlPlaneState, controlPlaneState } from '#sdk/kubernetes/control-plane-state.ts'
import { roadArgs, roadOf } from '#sdk/kubernetes/k8s-args.ts'
import { clusterReader, clusterWriter } from '#sdk/kubernetes/kube-client.ts'
import { kubeadmChanges } from '#sdk/kubernetes/kubeadm-changes.ts'
import { type MemberState, memberState, publicKeyHash } from '#sdk/kubernetes/member-state.ts'
import { type ApplyContext, defineModule, TaskFailure } from '#sdk/module.ts'
import { raw, type Script, sh } from '#sdk/quote.ts'

const args = t.Args({
  state: t.Choice(['init', 'join', 'upgrade', 'renew', 'reset', 'probe'], {
    description:
      'What this host shall be: a control plane (`init`), a member of a cluster (`join`), of another version (`upgrade`), one with new certificates (`renew`), nothing (`reset`). `probe` only looks.',
  }),
  name: t.Optional(t.String({ description: "The node's name; the host's own by default." })),
  config: t.Optional(
    t.Path({
      description: 'The configuration for kubeadm, a file of the host.',
      default: '/etc/kubernetes/tsplay/kubeadm-config.yaml',
    }),
  ),
  version: t.Optional(
    t.String({
      description: 'The version of Kubernetes, for `init` and `upgrade`.',
      pattern: '^v\\d+\\.\\d+\\.\\d+$',
    }),
  ),
  ca_hash: t.Optional(
    t.String({
      description: "The hash of the cluster's authority, for `join`.",
      pattern: '^sha256:[0-9a-f]{64}$',
    }),
  ),
  reset_partial: t.Optional(
    t.Boolean({
      description: 'Reset a control plane that is only half set up, with all that is in it, and begin anew.',
      default: false,
    }),
  ),
  reset_foreign: t.Optional(
    t.Boolean({ description: 'Take the host out of another cluster that it belongs to.', default: false }),
  ),
  confirm: t.Optional(
    t.String({ description: "For `reset`: the node's name once more, since everything on it is lost." }),
  ),
  ...roadArgs,
})

export type KubeadmArgs = Static<typeof args>

interface State {
  readonly files: NodeFiles
  /** What `join` calls the hash of the authority; empty without one. */
  readonly hash: string
  readonly plane?: ControlPlaneState
  readonly member?: MemberState
}

const nodeName = ({ name }: KubeadmArgs, files: NodeFiles): string => name ?? files.hostName

export default defineModule({
  summary: 'Makes a host the control plane or a member of a Kubernetes cluster, by kubeadm.',
  description: `What there is already is told from several signs, never from one file. \`status\` in the result is \`absent\`,
\`current\`, \`down\` (set up, and the API server does not answer: kubelet is started, nothing is set up again), or \`partial\`
(a set-up that broke off), which is a failure unless \`reset_partial\` says to begin anew. A join that broke off is begun anew
always; a member can be \`foreign\` too.

Upgrades go one minor version at a time; what has the version already is left alone, so a run that broke off goes on.`,
  args,
  examples: [
    { title: 'Set a control plane up', args: { state: 'init', version: 'v1.28.15' } },
    {
      title: 'Join a worker',
      args: {
        state: 'join',
        config: '/etc/kubernetes/tsplay/join.yaml',
        ca_hash: 'sha256:4f5c1f5b8a3f6c2d4f5c1f5b8a3f6c2d4f5c1f5b8a3f6c2d4f5c1f5b8a3f6c2d',
      },
    },
    { title: 'Take a node apart', args: { state: 'reset', confirm: 'k8s-worker01' } },
  ],

  async probe({ args, host }): Promise<State> {
    const files = await readNodeFiles(host)
    const name = nodeName(args, files)
    const hash = await publicKeyHash(files.authority)
    if (args.state === 'join' || (args.state !== 'init' && !files.hasAdminConf && files.manifests === 0)) {
      const road = roadOf({ ...args, kubeconfig: '/etc/kubernetes/kubelet.conf' })
      return {
        files,
        hash,
        member: await memberState(clusterReader(host, road), files, { name, hash: args.ca_hash }),
      }
    }
    return { files, hash, plane: await controlPlaneState(clusterReader(host, roadOf(args)), files, name) }
  },

  plan: ({ args, state, mode }): readonly Change[] => {
    const changes = kubeadmChanges(args, { ...state, name: nodeName(args, state.files) })
    if (changes instanceof TaskFailure) {
      // A plan for a host that is not prepared yet is no failure: earlier tasks prepare it.
      if (mode !== 'check' || state.files.kubeadm !== '') throw changes
      return [{ field: 'cluster', before: 'absent', after: new Unknown('kubeadm is not installed yet') }]
    }
    return changes
  },

  async apply(context): Promise<State | undefined> {
    const { changes, args } = context
    for (const { field } of changes) await steps[field]?.(context)
    return ['init', 'upgrade', 'renew'].includes(args.state) ? waitUntilReady(context) : undefined
  },

  result({ state, applied }) {
    const { files, hash, plane, member } = applied ?? state
    const known = plane ?? member
    return {
      data: {
        status: known?.status ?? 'absent',
        missing: known?.missing ?? [],
        ...(plane?.clusterVersion === undefined ? {} : { cluster_version: plane.clusterVersion }),
        kubeadm_version: files.kubeadm,
        kubelet_version: files.kubelet,
        ca: files.authority,
        ca_hash: hash,
      },
    }
  },

  touches: () => [
    { kind: 'kubernetes' },
    { kind: 'path', name: '/etc/kubernetes' },
    { kind: 'path', name: '/var/lib/kubelet' },
    { kind: 'path', name: '/etc/cni/net.d' },
    { kind: 'unit', name: 'kubelet.service' },
    { kind: 'process' },
    { kind: 'network' },
  ],
})

type Context = ApplyContext<KubeadmArgs, State>

const configOf = ({ config }: KubeadmArgs): string => config ?? '/etc/kubernetes/tsplay/kubeadm-config.yaml'

const cleaning = raw(`rm -rf /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni
for l in cni0 flannel.1; do ip link delete "$l" 2>/dev/null || :; done`)

const kubeadm = ({ host }: Context, command: Script): Promise<unknown> => host.run(command, { live: true })

/** By the fields of the plan, in its order. */
const steps: Readonly<Record<string, (context: Context) => Promise<unknown>>> = {
  remains: (context) => kubeadm(context, sh`kubeadm reset -f && ${cleaning}`),
  node: (context) => kubeadm(context, sh`kubeadm reset -f && ${cleaning}`),
  cluster: (context) => kubeadm(context, sh`kubeadm init --config ${configOf(context.args)}`),
  member: (context) =>
    kubeadm(context, sh`kubeadm join --config ${configOf(context.args)}`).catch((error: unknown) => {
      throw expiredToken(error) ?? error
    }),
  kubelet: (context) => context.host.run(sh`systemctl restart kubelet`),
  version: (context) => kubeadm(context, sh`kubeadm upgrade apply -y ${context.args.version ?? ''}`),
  configuration: (context) => kubeadm(context, sh`kubeadm upgrade node`),
  certificates: (context) =>
    kubeadm(
      context,
      sh`kubeadm certs renew all && crictl pods --namespace kube-system --name 'kube-apiserver|kube-controller-manager|kube-scheduler|etcd' -q | while read -r p; do crictl rmp -f "$p"; done; systemctl restart kubelet`,
    ),
}

/** kubeadm finds no signature by a token that the cluster does not know any more (cmd/kubeadm/app/discovery/token). */
function expiredToken(error: unknown): HostError | undefined {
  if (!(error instanceof HostError) || !/could not find a JWS signature/.test(error.details.stderr ?? ''))
    return undefined
  return new HostError(
    error.reason,
    'The token to join with has expired or was deleted; nothing was set up.',
    {
      ...error.details,
      remedy:
        'Make another one by `kubeadm token create --ttl 20m` on the control plane, as the role kubeadm-worker does.',
      cause: error,
    },
  )
}

/** Four minutes, as kubeadm itself waits. */
const patience = 240

async function waitUntilReady(context: Context): Promise<State | undefined> {
  const { args, host, controller, progress, state } = context
  if (args.state !== 'init' && !state.files.hasAdminConf) return undefined
  const ask = clusterWriter(host, roadOf(args))
  const started = controller.now().getTime()
  for (;;) {
    const files = await readNodeFiles(host)
    const plane = await controlPlaneState(ask, files, nodeName(args, state.files))
    if (plane.status === 'current') return { files, plane, hash: await publicKeyHash(files.authority) }
    const elapsed = (controller.now().getTime() - started) / 1000
    if (elapsed > patience) throw tooLong(plane)
    progress(`waiting for ${plane.missing.join(', ')}, ${Math.round(elapsed)} of ${patience} s`)
    await controller.sleep(500)
  }
}

const tooLong = ({ missing }: ControlPlaneState): HostError =>
  new HostError('refused', `The control plane lacks ${missing.join(', ')} after ${patience} s.`, {
    remedy: 'Look at `journalctl -u kubelet`, `crictl ps -a`, and whether the certificates have expired.',
  })
