import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployment, startTestApi, type TestApi } from '../../support/kube-api.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-kube-'))
let api: TestApi

beforeAll(async () => {
  api = await startTestApi({ file: join(folder, 'state.json') })
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true })
})

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('server-side apply', () => {
  test('makes an object, and says that the same again changes nothing', async () => {
    const first = await api.apply(configMap('one', { a: '1' }))
    expect(first.code).toBe(201)
    const again = await api.apply(configMap('one', { a: '1' }))
    expect(again.code).toBe(200)
    expect(again.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
  })

  test('takes away what a manager no longer applies, and leaves what others hold', async () => {
    await api.apply(configMap('two', { a: '1', b: '2' }))
    await api.apply(configMap('two', { b: '2', c: '3' }), 'fieldManager=other')
    const { body } = await api.apply(configMap('two', {}))
    expect(body.data).toEqual({ b: '2', c: '3' })
  })

  test('refuses a field that another manager holds with another value, unless forced', async () => {
    await api.apply(configMap('three', { a: '1' }))
    const refused = await api.apply(configMap('three', { a: '2' }), 'fieldManager=other')
    expect(refused.code).toBe(409)
    expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "test" using v1: .data.a')
    expect(refused.body.details.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "test" using v1', field: '.data.a' },
    ])
    const forced = await api.apply(configMap('three', { a: '2' }), 'fieldManager=other&force=true')
    expect(forced.body.data).toEqual({ a: '2' })
    expect(forced.body.metadata.managedFields).toHaveLength(1)
  })

  test('an update takes fields over, so that the next apply conflicts', async () => {
    await api.apply(deployment('scaled'))
    const path = '/apis/apps/v1/namespaces/default/deployments/scaled'
    await api.ask(
      'PATCH',
      `${path}?fieldManager=hpa`,
      { spec: { replicas: 5 } },
      { type: 'application/merge-patch+json' },
    )
    const { code, body } = await api.apply(deployment('scaled'))
    expect(code).toBe(409)
    expect(body.message).toContain('conflict with "hpa" using apps/v1: .spec.replicas')
  })

  test('merges lists by their keys', async () => {
    await api.apply(deployment('merged'))
    const sidecar = { spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } } }
    const { body } = await api.apply({ ...deployment('merged'), ...sidecar }, 'fieldManager=side')
    expect(body.spec.template.spec.containers.map(({ name }: { name: string }) => name)).toEqual([
      'web',
      'side',
    ])
  })

  test('a dry run answers as if it had been done, and does nothing', async () => {
    const { code, body } = await api.apply(configMap('dry', { a: '1' }), 'fieldManager=test&dryRun=All')
    expect(code).toBe(201)
    expect(body.data).toEqual({ a: '1' })
    expect((await api.ask('GET', '/api/v1/namespaces/default/configmaps/dry')).code).toBe(404)
  })

  test('demands a manager and the namespace', async () => {
    expect((await api.apply(configMap('x', {}), '')).code).toBe(422)
    const lost = { ...configMap('x', {}), metadata: { name: 'x', namespace: 'nowhere' } }
    expect((await api.apply(lost)).body.message).toBe('namespaces "nowhere" not found')
  })

  test('sets defaults, allocates addresses and refuses to change what is fixed', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'default' },
      spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
    }
    const { body } = await api.apply(service)
    expect(body.spec).toMatchObject({
      type: 'ClusterIP',
      clusterIP: /^10\.96\./,
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    })
    const other = deployment('scaled')
    Object.assign(Object(other['spec']), {
      selector: { matchLabels: { app: 'other' } },
      template: { metadata: { labels: { app: 'other' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
    })
    expect((await api.apply(other, 'fieldManager=test&force=true')).body.message).toContain(
      'field is immutable',
    )
  })
})

describe('custom resources', () => {
  const crd = (group: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', required: ['size'], properties: { size: { type: 'integer' } } },
              },
            },
          },
        },
      ],
    },
  })

  test('are served once their definition is established', async () => {
    const clock = { time: Date.now() }
    const slow = await startTestApi({ crdDelayMs: 60_000, nodes: [], now: () => new Date(clock.time) })
    const path = '/apis/slow.example.com/v1/namespaces/default/widgets'
    await slow.apply(crd('slow.example.com'))
    expect(await slow.ask('GET', path)).toMatchObject({ code: 404, body: '404 page not found\n' })
    clock.time += 120_000
    const answer = await until(async () => {
      const one = await slow.ask('GET', path)
      return one.code === 200 ? one : undefined
    })
    expect(answer.body).toMatchObject({ kind: 'WidgetList', items: [] })
    await slow.close()
  })

  test('are checked against their schema, and lose what it does not know', async () => {
    await api.apply(crd('example.com'))
    await until(async () => ((await api.ask('GET', '/apis/example.com/v1')).code === 200 ? true : undefined))
    const widget = (spec: unknown) => ({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'default' },
      spec,
    })
    expect((await api.apply(widget({}))).body.message).toBe(
      'Widget "w" is invalid: spec.size: Required value',
    )
    expect((await api.apply(widget({ size: 'big' }))).body.message).toContain('must be of type integer')
    expect((await api.apply(widget({ size: 1, colour: 'red' }))).body.spec).toEqual({ size: 1 })
  })
})

describe('the controllers', () => {
  test('run a deployment on the workers, spread, and its endpoints', async () => {
    await api.apply(deployment('spread', 2))
    const pods = await until(async () => {
      const { body } = await api.ask('GET', '/api/v1/pods?labelSelector=app%3Dspread')
      return body.items.length === 2 &&
        body.items.every((pod: { status: { phase: string } }) => pod.status.phase === 'Running')
        ? body.items
        : undefined
    })
    expect(pods.map((pod: { spec: { nodeName: string } }) => pod.spec.nodeName).sort()).toEqual(['w1', 'w2'])
    const { body } = await api.ask('GET', '/apis/apps/v1/namespaces/default/deployments/spread')
    expect(body.status).toMatchObject({ readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 })
  })

  test('delete what belongs to a deleted owner, and the content of a deleted namespace', async () => {
    await api.ask('DELETE', '/apis/apps/v1/namespaces/default/deployments/spread')
    await until(async () =>
      (await api.ask('GET', '/api/v1/pods?labelSelector=app%3Dspread')).body.items.length === 0
        ? true
        : undefined,
    )
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } })
    await api.apply({ ...configMap('c', {}), metadata: { name: 'c', namespace: 'gone' } })
    await api.ask('DELETE', '/api/v1/namespaces/gone')
    await until(async () =>
      (await api.ask('GET', '/api/v1/namespaces/gone')).code === 404 ? true : undefined,
    )
    expect((await api.ask('GET', '/api/v1/namespaces/gone/configmaps/c')).code).toBe(404)
  })

  test('a webhook without endpoints keeps others from writing', async () => {
    await api.apply({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'check.example.com',
          clientConfig: { service: { name: 'hook', namespace: 'default', path: '/check' }, caBundle: 'eA==' },
          rules: [
            {
              apiGroups: ['policy'],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['poddisruptionbudgets'],
            },
          ],
          failurePolicy: 'Fail',
        },
      ],
    })
    await api.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook', namespace: 'default' },
      spec: { selector: { app: 'hook' }, ports: [{ port: 443 }] },
    })
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'hook' } } },
    }
    const refused = await api.apply(budget)
    expect(refused.code).toBe(500)
    expect(refused.body.message).toContain('failed calling webhook "check.example.com"')
    expect(refused.body.message).toContain('no endpoints available for service "hook"')
    await api.apply(deployment('hook', 1))
    await until(async () => ((await api.apply(budget)).code === 201 ? true : undefined))
  })

  test('an eviction waits for what a budget allows', async () => {
    const pods = await until(async () => {
      const { body } = await api.ask('GET', '/api/v1/pods?labelSelector=app%3Dhook')
      return body.items.length === 1 ? body.items : undefined
    })
    const { code, body } = await api.ask(
      'POST',
      `/api/v1/namespaces/default/pods/${pods[0].metadata.name}/eviction`,
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pods[0].metadata.name } },
    )
    expect(code).toBe(429)
    expect(body.message).toBe("Cannot evict pod as it would violate the pod's disruption budget.")
  })
})

describe('requests', () => {
  test('of nobody are refused but for what is public', async () => {
    expect((await api.ask('GET', '/readyz', undefined, { as: 'nobody' })).body).toBe('ok')
    expect((await api.ask('GET', '/api/v1/nodes', undefined, { as: 'nobody' })).code).toBe(403)
    expect(
      (await api.ask('GET', '/api/v1/nodes', undefined, { as: { token: 'abcdef.0123456789abcdef' } })).code,
    ).toBe(401)
  })

  test('with a bootstrap token may ask for a certificate and no more, until it has expired', async () => {
    const secret = (expiration: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        expiration,
        'usage-bootstrap-authentication': 'true',
      },
    })
    const as = { token: 'abcdef.0123456789abcdef' }
    const list = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
    await api.apply(secret('2999-01-01T00:00:00Z'))
    expect((await api.ask('GET', list, undefined, { as })).code).toBe(200)
    expect((await api.ask('GET', '/api/v1/secrets', undefined, { as })).code).toBe(403)
    await api.apply(secret('2020-01-01T00:00:00Z'))
    expect((await api.ask('GET', list, undefined, { as })).code).toBe(401)
  })

  test('can be told to fail', async () => {
    await api.ask('POST', '/double/faults', {
      method: 'GET',
      path: 'services$',
      code: 503,
      reason: 'ServiceUnavailable',
      message: 'busy',
      times: 1,
    })
    expect((await api.ask('GET', '/api/v1/services')).body).toMatchObject({ code: 503, message: 'busy' })
    expect((await api.ask('GET', '/api/v1/services')).code).toBe(200)
  })

  test('fails what is asked for in a certain way, and not what is asked for otherwise', async () => {
    await api.ask('POST', '/double/faults', { path: 'services$', query: '^(?!.*limit)', code: 403 })
    expect((await api.ask('GET', '/api/v1/services?limit=5')).code).toBe(200)
    expect((await api.ask('GET', '/api/v1/services')).code).toBe(403)
  })

  test('learn that each kind takes dry runs', async () => {
    const { body } = await api.ask('GET', '/openapi/v2')
    const { patch } = body.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']
    expect(patch['x-kubernetes-group-version-kind']).toEqual({
      group: 'apps',
      kind: 'Deployment',
      version: 'v1',
    })
    expect(patch.parameters).toMatchObject([{ name: 'dryRun' }])
  })

  test('learn what is served', async () => {
    expect((await api.ask('GET', '/version')).body.gitVersion).toBe('v1.28.15')
    const { body } = await api.ask('GET', '/apis/apps/v1')
    expect(body.resources[0]).toMatchObject({
      name: 'deployments',
      kind: 'Deployment',
      namespaced: true,
      shortNames: ['deploy'],
    })
  })
})

test('all of it is still there after the server was started anew', async () => {
  await api.apply(configMap('kept', { a: '1' }))
  api.server.cluster.store.flush()
  expect(readFileSync(join(folder, 'state.json'), 'utf8')).toContain('"kept"')
  const again = await startTestApi({ file: join(folder, 'state.json'), nodes: [] })
  expect((await again.ask('GET', '/api/v1/namespaces/default/configmaps/kept')).body.data).toEqual({ a: '1' })
  await again.close()
})
