import { at, fieldsOf, isFields, isSame, listOf, numberOf, textOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { selects } from '../selector.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, save } from './controller.ts'

/** Endpoints for each Service with a selector: the ready pods it selects. */
export const endpoints: Controller = (context) => {
  for (const service of context.cluster.list('Service')) {
    if (isFields(at(service, 'spec', 'selector'))) follow(context, service)
  }
}

function follow(context: ControllerContext, service: KubeObject): void {
  const { name, namespace = '' } = service.metadata
  const matchLabels = at(service, 'spec', 'selector')
  const pods = context.cluster
    .list('Pod', namespace)
    .filter((pod) => hasCondition(pod, 'Ready') && selects({ matchLabels }, pod.metadata.labels ?? {}))
  const addresses = pods.map((pod) => ({
    ip: textOf(at(pod, 'status', 'podIP')),
    nodeName: textOf(at(pod, 'spec', 'nodeName')),
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace },
  }))
  const ports = listOf(at(service, 'spec', 'ports')).map((port) => ({
    ...(at(port, 'name') === undefined ? {} : { name: at(port, 'name') }),
    port: portNumber(at(port, 'targetPort'), pods[0]) || numberOf(at(port, 'port')),
    protocol: at(port, 'protocol'),
  }))
  const subsets = addresses.length === 0 ? [] : [{ addresses, ports }]
  const before = context.cluster.get('Endpoints', namespace, name)
  if (before && isSame(before['subsets'], subsets)) return
  save(context, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace }, subsets })
}

/** A target port may be the name of a container's port. */
function portNumber(target: unknown, pod: KubeObject | undefined): number {
  if (typeof target === 'number') return target
  const ports = listOf(at(pod, 'spec', 'containers')).flatMap((container) => listOf(at(container, 'ports')))
  return numberOf(fieldsOf(ports.find((port) => at(port, 'name') === target))['containerPort'])
}
