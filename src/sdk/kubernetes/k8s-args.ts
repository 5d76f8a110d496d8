import { type Static, t } from '../args.ts'
import type { KubeRoad } from './kube-request.ts'

/** How to reach the cluster: the same for all modules that do. */
export const roadArgs = {
  kubeconfig: t.Optional(
    t.Path({
      description: 'The kubeconfig to use, a file of the host with one cluster and one user.',
      default: '/etc/kubernetes/admin.conf',
    }),
  ),
  transport: t.Optional(
    t.Choice(['auto', 'curl', 'kubectl'], {
      description: 'What sends the requests on the host. `auto` is curl, or kubectl where curl is missing.',
      default: 'auto',
    }),
  ),
  request_timeout: t.Optional(
    t.Integer({ description: 'Seconds that one request may take.', default: 30, minimum: 1 }),
  ),
}

interface RoadArgs {
  readonly kubeconfig?: string
  readonly transport?: KubeRoad['transport']
  readonly request_timeout?: number
}

export const roadOf = ({ kubeconfig, transport, request_timeout }: RoadArgs): KubeRoad => ({
  kubeconfig: kubeconfig ?? '/etc/kubernetes/admin.conf',
  transport: transport ?? 'auto',
  timeout: request_timeout ?? 30,
})

const patch = t.Object(
  {
    kind: t.String({ description: 'The kind of the object to change.' }),
    name: t.String({ description: 'Its name.' }),
    merge: t.Optional(
      t.Any({
        description:
          'A mapping to merge into it; null removes a field. Lists of mappings with a `name` are merged by it, other lists are replaced.',
      }),
    ),
    append: t.Optional(
      t.Map(t.Strings({ description: 'The words to add.' }), {
        description:
          'Words to add to lists that lack them, by JSON pointers: `/spec/template/spec/containers/0/args`.',
      }),
    ),
  },
  { description: 'One change of one object.' },
)

const unless = t.Object(
  {
    api_version: t.Optional(t.String({ description: 'The version of its API.', default: 'v1' })),
    kind: t.String({ description: 'The kind of the object.' }),
    name: t.String({ description: 'Its name.' }),
    namespace: t.Optional(t.String({ description: 'Its namespace.' })),
  },
  { description: 'An object that has to be there, and ready.' },
)

export const k8sArgs = t.Args({
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the objects are there or not.',
      default: 'present',
    }),
  ),
  definition: t.Optional(
    t.Any({
      description: 'The objects: one mapping, a list of them, or YAML text with any number of documents.',
    }),
  ),
  src: t.Optional(
    t.String({
      description: "A file with the objects, as YAML: of this machine (a role's `files/`), or of the host.",
      minLength: 1,
    }),
  ),
  remote_src: t.Optional(t.Boolean({ description: '`src` is a file of the host.', default: false })),
  checksum: t.Optional(
    t.String({
      description: 'The SHA-256 that the text of `src` must have, as `sha256:<hex>` or hex alone.',
      pattern: '^(sha256:)?[0-9a-fA-F]{64}$',
    }),
  ),
  namespace: t.Optional(t.String({ description: 'The namespace of objects that name none.' })),
  patches: t.Optional(
    t.List(patch, { description: 'Changes of the objects before they are applied.', default: [] }),
  ),
  jobs_unless: t.Optional(
    t.List(unless, {
      description:
        'The jobs among the objects are left alone when all of these are there: they leave a result, and vanish.',
      default: [],
    }),
  ),
  recreate: t.Optional(
    t.Strings({
      description: 'Kinds that may be deleted and made anew when a fixed field has to change.',
      default: ['Job'],
    }),
  ),
  set: t.Optional(
    t.String({
      description:
        'A name for these objects as a whole: they get it as a label, and what belonged to it before and is no longer among them is pruned.',
      pattern: '^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$',
    }),
  ),
  prune_dangerous: t.Optional(
    t.Boolean({
      description: 'Prune namespaces, definitions and volumes as well, with all that is in them.',
      default: false,
    }),
  ),
  field_manager: t.Optional(
    t.String({ description: 'The name under which fields are owned.', default: 'tsplay', minLength: 1 }),
  ),
  force: t.Optional(t.Boolean({ description: 'Take over fields that others own.', default: false })),
  take_over: t.Optional(
    t.Strings({
      description:
        'Owners whose fields are taken over anyway: names, or their beginnings. People use kubectl.',
      default: ['kubectl'],
    }),
  ),
  wait: t.Optional(t.Boolean({ description: 'Wait until all objects are ready.', default: true })),
  wait_timeout: t.Optional(t.Integer({ description: 'Seconds to wait.', default: 300, minimum: 1 })),
  ...roadArgs,
})

export type K8sArgs = Static<typeof k8sArgs>

export const managerOf = ({ field_manager = 'tsplay' }: K8sArgs): string => field_manager
