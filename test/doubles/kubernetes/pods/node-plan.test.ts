import { describe, expect, test } from 'vitest'
import { planNode } from '#doubles/kubernetes/pods/node-plan.ts'
import { controlPlane, worker } from '../../../support/kube-api.ts'

const ready = [{ type: 'Ready', status: 'True' }]
const pod = (name: string, ip: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ image: 'nginxinc/nginx-unprivileged:1.27', ports: [{ containerPort: 8080 }] }],
    ...more,
  },
  status: { podIP: ip, conditions: ready },
})
const node = (name: string, address: string, podCIDR: string) => {
  const one = worker(name)
  const status = { addresses: [{ type: 'InternalIP', address }], conditions: ready }
  return { ...one, spec: { podCIDR }, status }
}
const excluded = {
  ...controlPlane('cp01'),
  metadata: { name: 'cp01', labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
}
const nodes = [excluded, node('w1', '10.0.0.1', '10.244.1.0/24'), node('w2', '10.0.0.2', '10.244.2.0/24')]
const service = (externalTrafficPolicy: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'demo' },
  spec: { externalTrafficPolicy, ports: [{ name: 'http', port: 80 }] },
  status: { loadBalancer: { ingress: [{ ip: '10.0.0.9' }] } },
})
const endpoints = (...places: readonly { ip: string; nodeName: string }[]) => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'demo' },
  subsets: [{ addresses: places, ports: [{ name: 'http', port: 8080 }] }],
})
const alive = new Set(['cp01', 'w1', 'w2'])
const view = { name: 'w2', nodes, alive, pods: [], services: [], endpoints: [] }

describe('what runs on a node', () => {
  test('pods that are ready have addresses, and those of nginx listen', () => {
    const own = pod('web-1', '10.244.2.2')
    const starting = { ...pod('web-2', '10.244.2.3'), status: { podIP: '10.244.2.3' } }
    const other = pod('controller-1', '10.244.2.4', { containers: [{ image: 'quay.io/metallb/controller' }] })
    expect(planNode({ ...view, pods: [own, starting, other] })).toEqual({
      addresses: ['10.244.2.2', '10.244.2.4'],
      announced: [],
      routes: [],
      listeners: [{ kind: 'page', address: '10.244.2.2', port: 8080, pod: 'web-1' }],
    })
  })

  test('flannel leads to the pods of other nodes', () => {
    const flannel = pod('kube-flannel-ds-x', '10.0.0.2', { hostNetwork: true })
    expect(planNode({ ...view, pods: [flannel] })).toMatchObject({
      addresses: [],
      routes: [{ network: '10.244.1.0/24', via: '10.0.0.1' }],
    })
  })

  test('one node speaks for the address of a Service: one with a pod of it, where that is asked for', () => {
    const place = { ip: '10.244.2.2', nodeName: 'w2' }
    const local = { ...view, services: [service('Local')], endpoints: [endpoints(place)] }
    const to = [{ address: '10.244.2.2', port: 8080 }]
    expect(planNode(local)).toMatchObject({
      addresses: [],
      announced: ['10.0.0.9'],
      listeners: [{ kind: 'forward', address: '10.0.0.9', port: 80, to }],
    })
    expect(planNode({ ...local, name: 'w1' }).announced).toEqual([])
    const anywhere = { ...local, services: [service('Cluster')] }
    expect(planNode(anywhere).announced).toEqual([])
    expect(planNode({ ...anywhere, name: 'w1' }).listeners).toMatchObject([{ to }])
  })

  test('another node speaks for it when the one that did is silent, ready as it may look', () => {
    const anywhere = { ...view, services: [service('Cluster')], alive: new Set(['w2']) }
    expect(planNode(anywhere).announced).toEqual(['10.0.0.9'])
  })
})
