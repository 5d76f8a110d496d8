import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { acme } from '#doubles/acme/acme.ts'
import { serveAcme } from '#doubles/acme/acme-api.ts'
import type { KubeObject } from '#doubles/kubernetes/kube-object.ts'
import { serveDns } from '#doubles/route53/route53-dns.ts'
import { runDouble } from '#doubles/run-double.ts'
import { certificateTrouble } from '#sdk/kubernetes/certificate-trouble.ts'
import { startTestApi, type TestApi } from '../../../support/kube-api.ts'
import { listeningPort } from '../../../support/listening-port.ts'
import { labZone, type Route53Service, startRoute53 } from '../../../support/route53.ts'

/** On a busy machine everything takes its time. */
const soon = { timeout: 50_000 }
let route53: Route53Service
let dns: Socket
let directory: Server
let api: TestApi
/** How far the cluster's clock is ahead, in days. */
let ahead = 0
beforeAll(async () => {
  route53 = await startRoute53()
  dns = await serveDns(route53.root, { address: '127.0.0.1', port: 0 })
  directory = await serveAcme(route53.root, { address: '127.0.0.1', port: 0 })
  api = await startTestApi({ backOffMs: 50, now: () => new Date(Date.now() + ahead * 86_400_000) })
  const manifest = join(import.meta.dirname, '../../../../lab/manifests/cert-manager-v1.16.5.yaml')
  for (const document of parseAllDocuments(readFileSync(manifest, 'utf8'))) {
    const object = document.toJS()
    if (object.metadata.name === 'cert-manager' && object.kind === 'Deployment')
      object.spec.template.spec.containers[0] = {
        ...object.spec.template.spec.containers[0],
        env: [{ name: 'AWS_ENDPOINT_URL', value: route53.endpoint }],
        args: [`--dns01-recursive-nameservers=127.0.0.1:${dns.address().port}`],
      }
    expect((await api.apply(object)).body.message).toBeUndefined()
  }
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } })
})
afterAll(async () => {
  await api.close()
  directory.close()
  directory.closeAllConnections()
  dns.close()
  await route53.close()
})

const secretRef = (key: string) => ({ name: 'route53-credentials', key })
const issuer = (name: string, spec: object) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'ClusterIssuer',
  metadata: { name },
  spec: {
    acme: {
      email: 'hostmaster@example.com',
      server: `https://localhost:${listeningPort(directory)}/dir`,
      privateKeySecretRef: { name: `${name}-key` },
      solvers: [
        {
          dns01: {
            route53: {
              hostedZoneID: labZone.id,
              accessKeyIDSecretRef: secretRef('id'),
              secretAccessKeySecretRef: secretRef('key'),
            },
          },
        },
      ],
      ...spec,
    },
  },
})
const certificate = (name: string, host: string, by = 'lab') => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name, namespace: 'demo' },
  spec: { secretName: name, dnsNames: [host], issuerRef: { name: by, kind: 'ClusterIssuer' } },
})
const credentials = (secret: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'route53-credentials', namespace: 'cert-manager' },
  stringData: { id: 'lab', key: secret },
})

/** What the module `k8s` finds out about a Certificate that does not become ready. */
const trouble = (certificate: KubeObject): Promise<string> =>
  certificateTrouble(
    (requests) => Promise.all(requests.map(({ method, path }) => api.ask(method, path))),
    [certificate],
  )
const readiness = async (path: string): Promise<string> => {
  const { body } = await api.ask('GET', `/apis/cert-manager.io/v1/${path}`)
  const { status, message } = body.status?.conditions?.[0] ?? {}
  return `${status}: ${message}`
}
const caBundle = async () =>
  Buffer.from((await runDouble(acme, route53.root, ['root'])).stdout ?? '').toString('base64')
const chainIn = async (name: string): Promise<X509Certificate[]> => {
  const { body } = await api.ask('GET', `/api/v1/namespaces/demo/secrets/${name}`)
  const pem = Buffer.from(body.data?.['tls.crt'] ?? '', 'base64').toString()
  return (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  )
}

describe("the double of cert-manager, with those of Let's Encrypt and Route53", () => {
  test('says why it cannot reach a directory', async () => {
    await api.apply(issuer('untrusted', {}))
    await expect
      .poll(() => readiness('clusterissuers/untrusted'), soon)
      .toContain('False: Failed to register ACME account')
    await api.ask('DELETE', '/apis/cert-manager.io/v1/clusterissuers/untrusted')
  })

  test('registers an account, and waits for a key that Route53 takes', async () => {
    await api.apply(issuer('lab', { caBundle: await caBundle() }))
    await expect
      .poll(() => readiness('clusterissuers/lab'), soon)
      .toContain('True: The ACME account was registered')
    const page = certificate('page', 'page.example.com')
    await api.apply(page)
    const why = () => trouble(page)
    await expect.poll(why, soon).toContain('secret "route53-credentials" not found')
    await api.apply(credentials('wrong'))
    await expect
      .poll(why, soon)
      .toMatch(/Challenge demo\/page-1-\d+-\d+: failed to change .* SignatureDoesNotMatch/)
    await api.apply(credentials('lab'))
    await expect
      .poll(() => readiness('namespaces/demo/certificates/page'), soon)
      .toContain('True: Certificate is up to date')
  })

  test('keeps a certificate that the root of the directory vouches for, and leaves no record behind', async () => {
    const [leaf, intermediate] = await chainIn('page')
    const root = new X509Certificate((await runDouble(acme, route53.root, ['root'])).stdout ?? '')
    expect(leaf?.checkHost('page.example.com')).toBe('page.example.com')
    expect(intermediate && leaf?.verify(intermediate.publicKey)).toBe(true)
    expect(intermediate?.verify(root.publicKey)).toBe(true)
    expect((await route53.call(`ListResourceRecordSets ${labZone.id}`)).stdout).not.toContain('TXT')
  })

  test('renews a certificate a third of its life before its end, and not sooner', async () => {
    await runDouble(acme, route53.root, ['lifetime', '9'])
    await api.apply(certificate('short', 'short.example.com'))
    const serial = async () => (await chainIn('short'))[0]?.serialNumber
    await expect.poll(serial, soon).toBeDefined()
    const first = await serial()
    await runDouble(acme, route53.root, ['lifetime', '90'])
    const later = async (days: number) => {
      ahead = days
      await api.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `day-${days}` } })
    }
    await later(5)
    expect(await serial()).toBe(first)
    await later(7)
    await expect.poll(serial, soon).not.toBe(first)
    expect(await readiness('namespaces/demo/certificates/short')).toContain('True')
  })

  test('asks for another certificate when the names change', async () => {
    await api.apply(certificate('page', 'other.example.com'))
    await expect
      .poll(async () => (await chainIn('page'))[0]?.checkHost('other.example.com'), soon)
      .toBe('other.example.com')
  })
})
