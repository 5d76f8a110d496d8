import { at, listOf, textOf } from '#doubles/json.ts'
import { type Controller, conditionsWith, saveStatus } from './controller.ts'

/** An aggregated API is available while its Service has endpoints (kube-aggregator's available_controller.go). */
export const apiServices: Controller = (context) => {
  const { cluster } = context
  for (const api of cluster.list('APIService')) {
    const service = at(api, 'spec', 'service')
    if (service === undefined) continue
    const [namespace, name] = [textOf(at(service, 'namespace')), textOf(at(service, 'name'))]
    const isServed = listOf(at(cluster.get('Endpoints', namespace, name), 'subsets')).length > 0
    const condition = isServed
      ? { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MissingEndpoints',
          message: `endpoints for service/${name} in "${namespace}" have no addresses with port name "https"`,
        }
    saveStatus(context, api, conditionsWith(context, api, [condition]))
  }
}
