import { at, type Fields, numberOf } from '../json.ts'
import { ApiStatus } from './api-status.ts'
import type { Cluster } from './cluster.ts'
import type { KubeObject } from './kube-object.ts'
import { selects } from './selector.ts'

/** policy/v1 Eviction: 429 while a PodDisruptionBudget allows none (registry/core/pod/storage/eviction.go). */
export function evict(
  cluster: Cluster,
  pod: KubeObject,
  query: URLSearchParams,
): { code: number; body: Fields } {
  const { namespace = '', labels = {}, name } = pod.metadata
  const budgets = cluster
    .list('PodDisruptionBudget', namespace)
    .filter((budget) => selects(at(budget, 'spec', 'selector'), labels))
  const tight = budgets.find((budget) => numberOf(at(budget, 'status', 'disruptionsAllowed')) < 1)
  if (tight) {
    const [healthy, desired] = ['currentHealthy', 'desiredHealthy'].map((field) =>
      numberOf(at(tight, 'status', field)),
    )
    throw new ApiStatus(
      429,
      'TooManyRequests',
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: `The disruption budget ${tight.metadata.name} needs ${desired} healthy pods and has ${healthy} currently`,
          },
        ],
      },
    )
  }
  if (!query.getAll('dryRun').includes('All')) cluster.delete(cluster.ofKind('Pod', 'v1'), pod)
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name } },
  }
}
