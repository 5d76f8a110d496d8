import { at, isSame, listOf } from '#doubles/json.ts'
import { hasCondition } from '../store.ts'
import { type Controller, saveStatus } from './controller.ts'

/** ingress-nginx publishes the address of its Service on each Ingress of its class. */
export const ingressAddresses: Controller = (context) => {
  const { cluster } = context
  const controller = cluster.get('Deployment', 'ingress-nginx', 'ingress-nginx-controller')
  if (!controller || !hasCondition(controller, 'Available')) return
  const service = cluster.get('Service', 'ingress-nginx', 'ingress-nginx-controller')
  const ingress = listOf(at(service, 'status', 'loadBalancer', 'ingress')).map((one) => ({
    ip: at(one, 'ip'),
  }))
  for (const object of cluster.list('Ingress')) {
    if (at(object, 'spec', 'ingressClassName') !== 'nginx') continue
    if (!isSame(at(object, 'status', 'loadBalancer', 'ingress') ?? [], ingress))
      saveStatus(context, object, { loadBalancer: { ingress } })
  }
}
