import type { Fields } from '../json.ts'
import type { Cluster } from './cluster.ts'
import type { KubeObject } from './kube-object.ts'
import { hasCondition } from './store.ts'

const prefix = '/apis/metrics.k8s.io/v1beta1'

/** What metrics-server answers through the aggregator, once it is available; undefined for other paths. */
export function metrics(cluster: Cluster, path: string): Fields | undefined {
  const api = cluster.get('APIService', '', 'v1beta1.metrics.k8s.io')
  if (!path.startsWith(prefix) || !api || !hasCondition(api, 'Available')) return undefined
  if (path === prefix)
    return {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'metrics.k8s.io/v1beta1',
      resources: [
        { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] },
        { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
      ],
    }
  if (path === `${prefix}/nodes`) {
    return {
      kind: 'NodeMetricsList',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: {},
      items: cluster.list('Node').map((node) => usage(cluster, node)),
    }
  }
  const namespace = /^\/namespaces\/([^/]+)\/pods$/.exec(path.slice(prefix.length))?.[1]
  if (namespace === undefined) return undefined
  const items = cluster.list('Pod', namespace).map((pod) => usage(cluster, pod))
  return { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items }
}

const usage = (cluster: Cluster, { metadata }: KubeObject): Fields => ({
  metadata: {
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  },
  timestamp: cluster.timestamp(),
  window: '10s',
  usage: { cpu: '12m', memory: '64Mi' },
})
