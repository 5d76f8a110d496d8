import { at, fieldsOf, listOf, numberOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { selects } from '../selector.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, conditionsWith, save, saveStatus } from './controller.ts'

/** How many pods a budget lets go (pkg/controller/disruption). */
export const budgets: Controller = (context) => {
  for (const budget of context.cluster.list('PodDisruptionBudget')) {
    const pods = context.cluster
      .list('Pod', budget.metadata.namespace)
      .filter((pod) => selects(at(budget, 'spec', 'selector'), pod.metadata.labels ?? {}))
    const currentHealthy = pods.filter((pod) => hasCondition(pod, 'Ready')).length
    const desiredHealthy = desired(budget, pods.length)
    saveStatus(context, budget, {
      observedGeneration: budget.metadata.generation,
      expectedPods: pods.length,
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed: Math.max(currentHealthy - desiredHealthy, 0),
    })
  }
}

function desired(budget: KubeObject, expected: number): number {
  const [least, most] = [at(budget, 'spec', 'minAvailable'), at(budget, 'spec', 'maxUnavailable')]
  return least === undefined ? expected - share(most, expected) : share(least, expected)
}

/** A number, or a percentage that is rounded up. */
const share = (value: unknown, of: number): number =>
  typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) / 100) * of) : numberOf(value)

/** Keeps a target within bounds; it can say more only when metrics are served. */
export const autoscale: Controller = (context) => {
  for (const scaler of context.cluster.list('HorizontalPodAutoscaler')) scale(context, scaler)
}

function scale(context: ControllerContext, scaler: KubeObject): void {
  const { cluster } = context
  const target = fieldsOf(at(scaler, 'spec', 'scaleTargetRef'))
  const found = cluster.get(String(target['kind']), scaler.metadata.namespace ?? '', String(target['name']))
  const hasMetrics = cluster
    .list('APIService')
    .some((one) => one.metadata.name === 'v1beta1.metrics.k8s.io' && hasCondition(one, 'Available'))
  const current = numberOf(at(found, 'spec', 'replicas'))
  const wanted = Math.min(
    Math.max(current, numberOf(at(scaler, 'spec', 'minReplicas'), 1)),
    numberOf(at(scaler, 'spec', 'maxReplicas'), current),
  )
  if (found && current !== wanted)
    save(context, { ...found, spec: { ...fieldsOf(found['spec']), replicas: wanted } })
  const able = {
    type: 'AbleToScale',
    status: found ? 'True' : 'False',
    reason: found ? 'ReadyForNewScale' : 'FailedGetScale',
  }
  const active = hasMetrics
    ? { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' }
    : {
        type: 'ScalingActive',
        status: 'False',
        reason: 'FailedGetResourceMetric',
        message:
          'unable to get metrics for resource cpu: the server could not find the requested resource (get pods.metrics.k8s.io)',
      }
  const usage = listOf(at(scaler, 'spec', 'metrics')).map(() => ({
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization: 1 } },
  }))
  saveStatus(context, scaler, {
    currentReplicas: current,
    desiredReplicas: wanted,
    ...(hasMetrics ? { currentMetrics: usage } : {}),
    ...conditionsWith(context, scaler, found ? [able, active] : [able]),
  })
}
