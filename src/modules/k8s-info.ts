import { t } from '#sdk/args.ts'
import { roadArgs, roadOf } from '#sdk/kubernetes/k8s-args.ts'
import { isSuccess, messageOf, NoCluster } from '#sdk/kubernetes/kube-answer.ts'
import { clusterReader } from '#sdk/kubernetes/kube-client.ts'
import { discoverKinds, findKind, knownKinds, listPath } from '#sdk/kubernetes/kube-kinds.ts'
import {
  at,
  type Fields,
  fieldsOf,
  isKubeObject,
  type KubeObject,
  listOf,
} from '#sdk/kubernetes/kube-object.ts'
import type { KubeAnswer } from '#sdk/kubernetes/kube-request.ts'
import { readinessOf } from '#sdk/kubernetes/readiness.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

interface State {
  readonly objects: readonly KubeObject[]
  /** Whether the server answers, and knows the kind. */
  readonly isServed: boolean
  readonly problem?: string
}

export default defineModule({
  summary: 'Reads objects of a Kubernetes cluster, and whether they are ready.',
  description: `The result has \`resources\` (values of Secrets left out unless asked for), \`summary\` with name, \`ready\` and a message
for each, \`all_ready\`, \`api_found\`, and \`reachable\`: a cluster that does not answer is an answer, not a failure. What is asked
for by its name and is not there is not ready, nor is a kind that nothing serves.`,
  args: t.Args({
    api_version: t.Optional(t.String({ description: 'The version of the API.', default: 'v1' })),
    kind: t.String({ description: 'The kind of the objects.' }),
    name: t.Optional(t.String({ description: 'Only the object with this name.' })),
    namespace: t.Optional(t.String({ description: 'Only objects of this namespace.' })),
    label_selectors: t.Optional(t.Strings({ description: 'Only objects with these labels.', default: [] })),
    field_selectors: t.Optional(t.Strings({ description: 'Only objects with these fields.', default: [] })),
    secret_values: t.Optional(t.Boolean({ description: 'Give the values of Secrets too.', default: false })),
    ...roadArgs,
  }),
  examples: [
    { title: 'All nodes', args: { kind: 'Node' } },
    {
      title: 'The pods of an application',
      args: { kind: 'Pod', namespace: 'demo', label_selectors: ['app=web'] },
    },
  ],

  async probe({ args, host }): Promise<State> {
    const ask = clusterReader(host, roadOf(args))
    const wanted = { apiVersion: args.api_version ?? 'v1', kind: args.kind }
    try {
      const kind = findKind(await discoverKinds(ask, [wanted], knownKinds([])), wanted)
      if (!kind) return { objects: [], isServed: false }
      const query = new URLSearchParams()
      const fields = [
        ...(args.field_selectors ?? []),
        ...(args.name === undefined ? [] : [`metadata.name=${args.name}`]),
      ]
      if (fields.length > 0) query.set('fieldSelector', fields.join(','))
      if (args.label_selectors?.length) query.set('labelSelector', args.label_selectors.join(','))
      const [answer] = await ask([
        { method: 'GET', path: `${listPath(kind, args.namespace)}?${query.toString()}` },
      ])
      return { objects: objectsIn(answer, wanted), isServed: answer?.code !== 404 }
    } catch (error) {
      if (error instanceof NoCluster) return { objects: [], isServed: false, problem: error.message }
      throw error
    }
  },

  plan: () => [],

  result({ args, state: { objects, isServed, problem } }) {
    const summary = objects.map((object) => {
      const { state, message } = readinessOf(object)
      const { name, namespace } = object.metadata
      return { name, ...(namespace === undefined ? {} : { namespace }), ready: state === 'ready', message }
    })
    const isFound = args.name === undefined || objects.length > 0
    return {
      data: {
        resources: objects.map((object) => (args.secret_values ? object : withoutValues(object))),
        summary,
        all_ready: isServed && isFound && summary.every(({ ready }) => ready),
        api_found: isServed,
        reachable: problem === undefined,
      },
      msg: problem ?? `${objects.length} found`,
    }
  },
})

/** Items of a list name neither their kind nor its version. */
function objectsIn(
  answer: KubeAnswer | undefined,
  named: { apiVersion: string; kind: string },
): readonly KubeObject[] {
  if (answer?.code === 404) return []
  if (!answer || !isSuccess(answer)) throw new TaskFailure(answer ? messageOf(answer) : 'no answer')
  return listOf(at(answer.body, 'items'))
    .map((item) => ({ ...named, ...fieldsOf(item) }))
    .filter(isKubeObject)
}

function withoutValues(object: KubeObject): Fields {
  const { managedFields: _, ...metadata } = object.metadata
  const shown = { ...object, metadata }
  if (object.kind !== 'Secret') return shown
  return {
    ...shown,
    data: Object.fromEntries(Object.keys(fieldsOf(object['data'])).map((name) => [name, '********'])),
  }
}
