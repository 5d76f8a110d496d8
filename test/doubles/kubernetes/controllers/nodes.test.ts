import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestApi } from '../../../support/kube-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ hollowNodes: false })
})
afterAll(() => api.close())

const soon = { timeout: 50_000 }
const meta = (name: string) => ({ name, namespace: 'default' })
const lease = (renewTime: Date) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'w1', namespace: 'kube-node-lease' },
  spec: { holderIdentity: 'w1', renewTime: renewTime.toISOString() },
})
const endpoints = async (): Promise<unknown> =>
  (await api.ask('GET', '/api/v1/namespaces/default/endpoints/web')).body.subsets

test('nobody is sent to pods of a node whose kubelet has been silent for too long', async () => {
  const labels = { app: 'web' }
  await api.apply(lease(new Date()))
  const spec = { nodeName: 'w1', containers: [{ name: 'web', image: 'nginx' }] }
  await api.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { ...meta('web-1'), labels }, spec })
  const status = { phase: 'Running', podIP: '10.244.1.2', conditions: [{ type: 'Ready', status: 'True' }] }
  await api.ask(
    'PATCH',
    '/api/v1/namespaces/default/pods/web-1/status',
    { status },
    { type: 'application/merge-patch+json' },
  )
  const ports = [{ port: 80 }]
  await api.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web'),
    spec: { selector: labels, ports },
  })
  await expect.poll(endpoints, soon).toHaveLength(1)
  await api.apply(lease(new Date(Date.now() - 60_000)))
  await expect.poll(endpoints, soon).toEqual([])
  const { body } = await api.ask('GET', '/api/v1/nodes/w1')
  expect(body.status.conditions).toMatchObject([{ type: 'Ready', status: 'Unknown' }])
})
