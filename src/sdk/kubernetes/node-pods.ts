import { at, fieldsOf, isKubeObject, type KubeObject, listOf, nameOf } from './kube-object.ts'

export interface DrainRules {
  readonly ignoreDaemonSets: boolean
  /** Pods that nothing would make anew. */
  readonly force: boolean
  readonly deleteEmptyDir: boolean
}

/** Which pods of a node have to go, and which keep it from being drained: the rules of kubectl's drain (pkg/drain/filters.go). */
export function podsToEvict(
  pods: readonly KubeObject[],
  rules: DrainRules,
): { readonly evict: readonly KubeObject[]; readonly problems: readonly string[] } {
  const concerned = pods.filter(
    (pod) => !isMirror(pod) && !isOver(pod) && !(isOfDaemonSet(pod) && rules.ignoreDaemonSets),
  )
  const problems = concerned.flatMap((pod) => problemOf(pod, rules) ?? [])
  return { evict: concerned, problems }
}

const isMirror = (pod: KubeObject): boolean =>
  at(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== undefined
const isOver = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes(String(at(pod, 'status', 'phase')))
const ownersOf = (pod: KubeObject) => listOf(at(pod, 'metadata', 'ownerReferences')).map(fieldsOf)
const isOfDaemonSet = (pod: KubeObject): boolean => ownersOf(pod).some(({ kind }) => kind === 'DaemonSet')

function problemOf(pod: KubeObject, { force, deleteEmptyDir }: DrainRules): string | undefined {
  if (isOfDaemonSet(pod)) return `${nameOf(pod)} belongs to a DaemonSet (ignore_daemonsets)`
  if (!force && ownersOf(pod).length === 0)
    return `${nameOf(pod)} has no owner that would make it anew (force)`
  const hasEmptyDir = listOf(at(pod, 'spec', 'volumes')).some(
    (volume) => at(volume, 'emptyDir') !== undefined,
  )
  return hasEmptyDir && !deleteEmptyDir
    ? `${nameOf(pod)} keeps data in an emptyDir (delete_emptydir_data)`
    : undefined
}

export const podsIn = (list: unknown): readonly KubeObject[] =>
  listOf(at(list, 'items'))
    .map((item) => ({ apiVersion: 'v1', kind: 'Pod', ...fieldsOf(item) }))
    .filter(isKubeObject)
