import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import { applyObjects, deleteObjects, type Work } from '#sdk/kubernetes/apply-objects.ts'
import { changesOf, mayPrune, readyField } from '#sdk/kubernetes/cluster-changes.ts'
import { type ClusterLook, lookAtCluster } from '#sdk/kubernetes/cluster-look.ts'
import { type K8sArgs, k8sArgs, managerOf, roadOf } from '#sdk/kubernetes/k8s-args.ts'
import { NoCluster } from '#sdk/kubernetes/kube-answer.ts'
import { clusterReader, clusterWriter } from '#sdk/kubernetes/kube-client.ts'
import { nameOf } from '#sdk/kubernetes/kube-object.ts'
import { NoManifest, readManifest } from '#sdk/kubernetes/manifest.ts'
import { keptBecause } from '#sdk/kubernetes/object-set.ts'
import { type ApplyContext, defineModule, type ProbeContext, TaskFailure } from '#sdk/module.ts'

interface State {
  readonly look?: ClusterLook
  /** Why nothing can be said: no cluster, or no file with the objects. */
  readonly unknown?: string
}

export default defineModule({
  summary: 'Makes, changes or deletes objects of a Kubernetes cluster, by server-side apply.',
  description: `It runs on a host with a kubeconfig, a control plane as a rule, and asks the API server from there: by curl, over
one connection for all objects, or by kubectl. Every object is compared with what a dry run on the server gives, so defaults and
conversions are no changes, and the diff is what will happen. Objects are applied in the order that they need (namespaces,
definitions, the rest, workloads, webhooks, custom resources) and waited for: a LoadBalancer needs its address, a job its end, a
Certificate its Ready condition.

With \`set\`, objects that an earlier run made under that name and that are not mentioned any more are deleted. Fields that
somebody else owns are a failure that names the owner; what people did with kubectl is taken back.`,
  args: k8sArgs,
  argumentAliases: { resource_definition: 'definition', apply_set: 'set' },
  examples: [
    {
      title: 'A namespace',
      args: { definition: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } } },
    },
    {
      title: 'A manifest that was fetched to the host, pinned and with one more argument',
      args: {
        src: '/etc/kubernetes/tsplay/manifests/metrics-server-v0.7.2.yaml',
        remote_src: true,
        checksum: 'sha256:f103539a54ed72efe66616afc74a8bfaed651703cb3918797599046af5617441',
        set: 'metrics-server',
        patches: [
          {
            kind: 'Deployment',
            name: 'metrics-server',
            append: { '/spec/template/spec/containers/0/args': ['--kubelet-insecure-tls'] },
          },
        ],
      },
    },
    {
      title: 'Take a namespace away with all that is in it',
      args: {
        state: 'absent',
        definition: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } },
      },
    },
  ],

  async probe(context): Promise<State> {
    try {
      const objects = await readManifest(context.args, context)
      return { look: await lookAtCluster(reader(context), context.args, objects) }
    } catch (error) {
      if (error instanceof NoCluster || error instanceof NoManifest) return { unknown: error.message }
      throw error
    }
  },

  plan({ args, state, mode }): readonly Change[] {
    if (state.look) return changesOf(state.look, args)
    const why = state.unknown ?? ''
    if (mode === 'check') return [{ field: 'objects', before: new Unknown(why), after: new Unknown(why) }]
    throw new TaskFailure(
      `${why} See \`systemctl status kubelet\` and \`crictl ps -a\` there; playbooks/kubernetes.yml sets a control plane up.`,
    )
  },

  async apply(context) {
    const { args, state } = context
    if (!state.look) return
    const work = workOf(context, state.look)
    if (args.state !== 'absent') await applyObjects(work)
    else
      await deleteObjects(
        work,
        [...state.look.objects, ...state.look.left].flatMap(({ live }) => live ?? []),
      )
  },

  result({ args, state, changes }) {
    const look = state.look
    const pruning = {
      set: args.set ?? '',
      manager: managerOf(args),
      isAllAllowed: args.prune_dangerous ?? false,
    }
    const kept = (look?.left ?? []).filter((one) => args.state !== 'absent' && !mayPrune(one, args))
    const warnings = kept.flatMap(({ live }) => (live ? (keptBecause(live, pruning) ?? []) : []))
    return {
      changed: changes.some(({ field }) => field !== readyField),
      data: { objects: (look?.objects ?? []).map(({ object }) => nameOf(object)) },
      ...(warnings.length > 0 ? { warnings } : {}),
    }
  },

  touches: () => [{ kind: 'kubernetes' }],
})

const reader = ({ host, args }: ProbeContext<K8sArgs>) => clusterReader(host, roadOf(args))

const workOf = (
  { args, host, controller, progress }: ApplyContext<K8sArgs, State>,
  look: ClusterLook,
): Work => ({
  args,
  look,
  ask: clusterWriter(host, roadOf(args)),
  controller,
  progress,
})
