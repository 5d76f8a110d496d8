import type { AskCluster } from './kube-client.ts'
import { at, groupOf, isFields, type KubeObject, listOf, textOf } from './kube-object.ts'
import type { KubeAnswer, KubeRequest } from './kube-request.ts'

export interface KubeKind {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly isNamespaced: boolean
}

// What every cluster has; plural names that are not kind + "s" are written out. `+` marks kinds inside of namespaces.
const builtIn = `v1: Namespace Node PersistentVolume Pod+ Service+ ConfigMap+ Secret+ ServiceAccount+ Endpoints+=endpoints Event+ PersistentVolumeClaim+ LimitRange+ ResourceQuota+
apps/v1: Deployment+ ReplicaSet+ DaemonSet+ StatefulSet+
batch/v1: Job+ CronJob+
autoscaling/v2: HorizontalPodAutoscaler+
policy/v1: PodDisruptionBudget+
networking.k8s.io/v1: Ingress+=ingresses IngressClass=ingressclasses NetworkPolicy+=networkpolicies
rbac.authorization.k8s.io/v1: Role+ RoleBinding+ ClusterRole ClusterRoleBinding
storage.k8s.io/v1: StorageClass=storageclasses
scheduling.k8s.io/v1: PriorityClass=priorityclasses
coordination.k8s.io/v1: Lease+
admissionregistration.k8s.io/v1: ValidatingWebhookConfiguration MutatingWebhookConfiguration
apiextensions.k8s.io/v1: CustomResourceDefinition
apiregistration.k8s.io/v1: APIService
certificates.k8s.io/v1: CertificateSigningRequest`

const kinds: readonly KubeKind[] = builtIn.split('\n').flatMap((line) => {
  const [apiVersion = '', list = ''] = line.split(': ')
  return list.split(' ').map((entry) => {
    const [name = '', plural] = entry.split('=')
    const kind = name.replace('+', '')
    return { apiVersion, kind, plural: plural ?? `${kind.toLowerCase()}s`, isNamespaced: name.includes('+') }
  })
})

type Named = Pick<KubeKind, 'apiVersion' | 'kind'>

const isSameKind = (a: Named, b: Named): boolean => a.apiVersion === b.apiVersion && a.kind === b.kind

/** Kinds that are built in, and those that definitions among the objects themselves bring. */
export function knownKinds(objects: readonly KubeObject[]): readonly KubeKind[] {
  const brought = objects.filter(({ kind }) => kind === 'CustomResourceDefinition').flatMap(kindsOfCrd)
  return [...kinds, ...brought]
}

function kindsOfCrd(crd: KubeObject): readonly KubeKind[] {
  const names = at(crd, 'spec', 'names')
  return listOf(at(crd, 'spec', 'versions')).map((version) => ({
    apiVersion: `${textOf(at(crd, 'spec', 'group'))}/${textOf(at(version, 'name'))}`,
    kind: textOf(at(names, 'kind')),
    plural: textOf(at(names, 'plural')),
    isNamespaced: at(crd, 'spec', 'scope') === 'Namespaced',
  }))
}

export const findKind = (known: readonly KubeKind[], wanted: Named): KubeKind | undefined =>
  known.find((kind) => isSameKind(kind, wanted))

/** Asks the server about kinds that are not known yet. What it does not serve is left out. */
export async function discoverKinds(
  ask: AskCluster,
  wanted: readonly Named[],
  known: readonly KubeKind[],
): Promise<readonly KubeKind[]> {
  const missing = wanted.filter((one) => !findKind(known, one)).map(({ apiVersion }) => apiVersion)
  const versions = [...new Set(missing)]
  const answers = await ask(versions.map(discoveryRequest))
  return [...known, ...answers.flatMap((answer, i) => kindsIn(answer, versions[i] ?? ''))]
}

export const rootOf = (apiVersion: string): string =>
  groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`

const discoveryRequest = (apiVersion: string): KubeRequest => ({ method: 'GET', path: rootOf(apiVersion) })

function kindsIn({ code, body }: KubeAnswer, apiVersion: string): readonly KubeKind[] {
  if (code !== 200) return []
  return listOf(at(body, 'resources'))
    .filter(isFields)
    .filter((entry) => !textOf(entry['name']).includes('/'))
    .map((entry) => ({
      apiVersion,
      kind: textOf(entry['kind']),
      plural: textOf(entry['name']),
      isNamespaced: entry['namespaced'] === true,
    }))
}

export function listPath({ apiVersion, plural, isNamespaced }: KubeKind, namespace?: string): string {
  const place = isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${rootOf(apiVersion)}${place}/${plural}`
}

export const objectPath = (kind: KubeKind, { metadata }: KubeObject): string =>
  `${listPath(kind, metadata.namespace ?? 'default')}/${encodeURIComponent(metadata.name)}`
