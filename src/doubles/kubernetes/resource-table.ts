import { at, listOf, textOf } from '../json.ts'
import { groupOf, type KubeObject, versionOf } from './kube-object.ts'

/** A kind as a server serves it. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly isNamespaced: boolean
  readonly hasStatus: boolean
  readonly shortNames: readonly string[]
}

// group/version: plural=Kind, + for kinds inside of namespaces, * for a status subresource, then short names.
const builtIn = `
/v1: namespaces=Namespace * ns; nodes=Node * no; persistentvolumes=PersistentVolume * pv
/v1: pods=Pod +* po; services=Service +* svc; configmaps=ConfigMap + cm; secrets=Secret +; serviceaccounts=ServiceAccount + sa
/v1: endpoints=Endpoints + ep; events=Event + ev; persistentvolumeclaims=PersistentVolumeClaim +* pvc; limitranges=LimitRange + limits
/v1: resourcequotas=ResourceQuota +* quota; replicationcontrollers=ReplicationController +* rc
apps/v1: deployments=Deployment +* deploy; replicasets=ReplicaSet +* rs; daemonsets=DaemonSet +* ds; statefulsets=StatefulSet +* sts
apps/v1: controllerrevisions=ControllerRevision +
batch/v1: jobs=Job +*; cronjobs=CronJob +* cj
autoscaling/v2: horizontalpodautoscalers=HorizontalPodAutoscaler +* hpa
policy/v1: poddisruptionbudgets=PodDisruptionBudget +* pdb
networking.k8s.io/v1: ingresses=Ingress +* ing; ingressclasses=IngressClass; networkpolicies=NetworkPolicy + netpol
rbac.authorization.k8s.io/v1: roles=Role +; rolebindings=RoleBinding +; clusterroles=ClusterRole; clusterrolebindings=ClusterRoleBinding
storage.k8s.io/v1: storageclasses=StorageClass sc; csidrivers=CSIDriver; csinodes=CSINode
scheduling.k8s.io/v1: priorityclasses=PriorityClass pc
coordination.k8s.io/v1: leases=Lease +
discovery.k8s.io/v1: endpointslices=EndpointSlice +
admissionregistration.k8s.io/v1: validatingwebhookconfigurations=ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1: mutatingwebhookconfigurations=MutatingWebhookConfiguration
apiextensions.k8s.io/v1: customresourcedefinitions=CustomResourceDefinition * crd,crds
apiregistration.k8s.io/v1: apiservices=APIService *
certificates.k8s.io/v1: certificatesigningrequests=CertificateSigningRequest * csr
`

export const builtInResources: readonly Resource[] = builtIn
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [place = '', list = ''] = line.split(': ')
    return list.split('; ').map((entry) => resourceFrom(place, entry))
  })

function resourceFrom(place: string, entry: string): Resource {
  const [names = '', ...marks] = entry.split(' ')
  const [plural = '', kind = ''] = names.split('=')
  const flags = marks.find((mark) => /^[+*]+$/.test(mark)) ?? ''
  const short = marks.find((mark) => !/^[+*]+$/.test(mark))
  return {
    group: groupOf(place),
    version: versionOf(place),
    plural,
    singular: kind.toLowerCase(),
    kind,
    isNamespaced: flags.includes('+'),
    hasStatus: flags.includes('*'),
    shortNames: short === undefined ? [] : short.split(','),
  }
}

/** What an established CRD adds; nothing for one that is not (yet). */
export function resourcesOfCrd(crd: KubeObject): readonly Resource[] {
  const isEstablished = listOf(at(crd, 'status', 'conditions')).some(
    (condition) => at(condition, 'type') === 'Established' && at(condition, 'status') === 'True',
  )
  if (!isEstablished) return []
  const names = at(crd, 'spec', 'names')
  return listOf(at(crd, 'spec', 'versions'))
    .filter((version) => at(version, 'served') === true)
    .map((version) => ({
      group: textOf(at(crd, 'spec', 'group')),
      version: textOf(at(version, 'name')),
      plural: textOf(at(names, 'plural')),
      singular: textOf(at(names, 'singular')) || textOf(at(names, 'kind')).toLowerCase(),
      kind: textOf(at(names, 'kind')),
      isNamespaced: at(crd, 'spec', 'scope') === 'Namespaced',
      hasStatus: at(version, 'subresources', 'status') !== undefined,
      shortNames: listOf(at(names, 'shortNames')).map(textOf),
    }))
}
