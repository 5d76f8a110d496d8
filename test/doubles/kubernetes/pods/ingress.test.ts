import { createServer, request as plain } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NodeServers } from '#doubles/kubernetes/pods/node-servers.ts'
import { welcome } from '#doubles/kubernetes/pods/page.ts'
import { issueCertificate } from '#doubles/pki/x509.ts'
import { freePort } from '../../../support/free-port.ts'
import { startTestApi, type TestApi } from '../../../support/kube-api.ts'
import { listeningPort } from '../../../support/listening-port.ts'

const day = 86_400_000
const valid = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) }
const authority = issueCertificate({ commonName: 'authority', isAuthority: true, ...valid })
const page = createServer(welcome('web-1')).listen(0, '127.0.0.1')
const address = '127.0.0.1'
let [http, https, service] = [0, 0, 0]
let api: TestApi
let servers: NodeServers

beforeAll(async () => {
  api = await startTestApi()
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } })
  const { cert, key } = issueCertificate(
    { commonName: 'page', sans: ['page.example.com'], ...valid },
    authority,
  )
  const [crt, encodedKey] = [cert, key].map((pem) => Buffer.from(pem).toString('base64'))
  const at = (name: string) => ({ name, namespace: 'demo' })
  const port = { name: 'http', port: 80 }
  for (const object of [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: at('tls'),
      data: { 'tls.crt': crt, 'tls.key': encodedKey },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: at('web'), spec: { ports: [port] } },
    { apiVersion: 'v1', kind: 'Service', metadata: at('none'), spec: { ports: [port] } },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: at('web'),
      subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'http', port: listeningPort(page) }] }],
    },
    { apiVersion: 'v1', kind: 'Service', metadata: at('half'), spec: { ports: [port] } },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: at('half'),
      subsets: [
        {
          // Nothing listens at the second one.
          addresses: [{ ip: address }, { ip: '127.0.0.2' }],
          ports: [{ name: 'http', port: listeningPort(page) }],
        },
      ],
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: at('web'),
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['page.example.com'], secretName: 'tls' }],
        rules: [
          {
            host: 'page.example.com',
            http: { paths: [path('/', 'web'), path('/empty', 'none')] },
          },
          { host: 'half.example.com', http: { paths: [path('/', 'half')] } },
          { host: '*.plain.example.com', http: { paths: [path('/', 'web')] } },
        ],
      },
    },
  ]) {
    expect((await api.apply(object)).body.message).toBeUndefined()
  }
  servers = new NodeServers(async (place) => {
    const { code, body } = await api.ask('GET', place)
    return code === 404 ? undefined : body
  })
  ;[http, https, service] = [await freePort(), await freePort(), await freePort()]
  servers.become([
    { kind: 'ingress', address, port: http, isTls: false },
    { kind: 'ingress', address, port: https, isTls: true },
    { kind: 'forward', address, port: service, to: [{ address, port: https }] },
  ])
})
afterAll(async () => {
  servers.become([])
  page.close()
  await api.close()
})

const path = (prefix: string, name: string) => ({
  path: prefix,
  pathType: 'Prefix',
  backend: { service: { name, port: { name: 'http' } } },
})

interface Answer {
  readonly status: number | undefined
  readonly location: string | undefined
  readonly body: string
}

function ask(host: string, url = '/', port = service): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const options = { host: address, path: url, headers: { host }, agent: false, port }
  const sent = port === http ? plain(options) : request({ ...options, servername: host, ca: authority.cert })
  sent.on('response', (response) => {
    const { statusCode: status, headers } = response
    text(response).then((body) => resolve({ status, location: headers.location, body }), reject)
  })
  sent.on('error', reject)
  sent.end()
  return promise
}

describe('the double of ingress-nginx', () => {
  test('shows the certificate of the Secret and asks a pod of the Service', async () => {
    const { status, body } = await ask('page.example.com')
    expect([status, body]).toEqual([200, expect.stringContaining('Welcome to nginx!')])
  })

  test('has a certificate of its own for other names, which nobody trusts', async () => {
    await expect(ask('other.example.com')).rejects.toThrow(/certificate/)
  })

  test('sends those back for TLS who come without, where there is a certificate', async () => {
    const sentBack = await ask('page.example.com', '/a?b', http)
    expect([sentBack.status, sentBack.location]).toEqual([308, 'https://page.example.com/a?b'])
    expect((await ask('a.plain.example.com', '/', http)).status).toBe(200)
    expect((await ask('other.example.com', '/', http)).status).toBe(404)
  })

  test('asks another pod when one cannot be connected to', async () => {
    for (const _ of ['first', 'second']) expect((await ask('half.example.com', '/', http)).status).toBe(200)
  })

  test('says when no pod is behind a Service', async () => {
    expect((await ask('page.example.com', '/empty/x')).status).toBe(503)
    expect((await ask('page.example.com', '/emptyish')).status).toBe(404)
  })
})
