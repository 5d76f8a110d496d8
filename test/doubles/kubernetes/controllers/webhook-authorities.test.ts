import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployment, startTestApi, type TestApi } from '../../../support/kube-api.ts'

let api: TestApi

beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
const configuration = (name: string, annotations: Record<string, string>) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name, annotations },
  webhooks: [
    {
      name: 'webhook.cert-manager.io',
      failurePolicy: 'Fail',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      clientConfig: { service: { name: 'cert-manager-webhook', namespace: 'cert-manager' } },
    },
  ],
})

const bundle = async (name: string): Promise<unknown> =>
  (await api.ask('GET', `${path}/${name}`)).body.webhooks[0].clientConfig.caBundle

test('cainjector fills the authority of webhooks that ask for it, once it runs, and of no others', async () => {
  await api.apply(configuration('asks', { 'cert-manager.io/inject-ca-from-secret': 'cert-manager/ca' }))
  await api.apply(configuration('silent', {}))
  expect(await bundle('asks')).toBeUndefined()
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cert-manager' } })
  await api.apply({
    ...deployment('cert-manager-cainjector'),
    metadata: { name: 'cert-manager-cainjector', namespace: 'cert-manager' },
  })
  await expect.poll(() => bundle('asks')).toBe(Buffer.from(api.authority.cert).toString('base64'))
  expect(await bundle('silent')).toBeUndefined()
})
