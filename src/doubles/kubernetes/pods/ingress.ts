import { type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http'
import { createSecureContext, type SecureContext } from 'node:tls'
import { at, listOf, numberOf, textOf } from '../../json.ts'
import { issueCertificate, type KeyPair } from '../../pki/x509.ts'
import { decoded } from '../authenticate.ts'
import type { KubeObject } from '../kube-object.ts'
import { type Backend, backendFor, secretFor } from './ingress-rules.ts'
import { type Place, targetPort } from './node-plan.ts'
import { nginxError } from './page.ts'

/** What ingress-nginx asks the API server for, by the paths of a list or an object; undefined for what is not there. */
export type ReadCluster = (path: string) => Promise<Readonly<Record<string, unknown>> | undefined>

/** What it serves for names that no Ingress has a certificate for. */
export function fakeCertificate(): KeyPair {
  const now = Date.now()
  const valid = { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 365 * 86_400_000) }
  return issueCertificate({
    commonName: 'Kubernetes Ingress Controller Fake Certificate',
    sans: ['ingress.local'],
    ...valid,
  })
}

/** The certificate of a name's Secret; undefined when there is none. */
export async function certificateFor(read: ReadCluster, host: string): Promise<SecureContext | undefined> {
  const secret = secretFor(await ingresses(read), host)
  const found = secret && (await read(`/api/v1/namespaces/${secret.namespace}/secrets/${secret.name}`))
  if (!found) return undefined
  const [cert, key] = ['tls.crt', 'tls.key'].map((name) => decoded(asObject(found), name))
  return cert && key ? createSecureContext({ cert, key }) : undefined
}

/** Sends requests on to the pods of the Services that Ingresses name; those without TLS are sent back for it where a host has it. */
export function ingress(read: ReadCluster): RequestListener {
  let turn = 0
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://ingress')
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    const all = await ingresses(read)
    const isTls = 'encrypted' in incoming.socket
    const backend = backendFor(all, host, pathname)
    if (!backend) return nginxError(response, 404, 'Not Found')
    if (!isTls && secretFor(all, host))
      return nginxError(response, 308, 'Permanent Redirect', { Location: `https://${host}${incoming.url}` })
    const places = await placesOf(read, backend)
    turn += 1
    if (places.length === 0) return nginxError(response, 503, 'Service Temporarily Unavailable')
    const first = turn % places.length
    const inTurn = [...places.slice(first), ...places.slice(0, first)].slice(0, tries)
    forward(incoming, response, { places: inTurn, isTls })
  }
  return (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      process.stderr.write(`E ingress: ${String(error)}\n`)
      nginxError(response, 500, 'Internal Server Error')
    })
  }
}

async function ingresses(read: ReadCluster): Promise<readonly KubeObject[]> {
  const list = await read('/apis/networking.k8s.io/v1/ingresses')
  return listOf(list?.['items'])
    .map(asObject)
    .filter((one) => at(one, 'spec', 'ingressClassName') === 'nginx')
}

const asObject = (value: unknown): KubeObject => {
  const metadata = {
    name: textOf(at(value, 'metadata', 'name')),
    namespace: textOf(at(value, 'metadata', 'namespace')),
  }
  return { ...Object(value), metadata }
}

async function placesOf(read: ReadCluster, { namespace, service, port }: Backend): Promise<readonly Place[]> {
  const root = `/api/v1/namespaces/${namespace}`
  const [found, endpoints] = await Promise.all([
    read(`${root}/services/${service}`),
    read(`${root}/endpoints/${service}`),
  ])
  const ports = listOf(at(found, 'spec', 'ports'))
  const named = ports.find((one) => at(one, 'name') === port || numberOf(at(one, 'port')) === port)
  const subsets = listOf(endpoints?.['subsets'])
  const target = targetPort(named, subsets)
  return subsets
    .flatMap((subset) => listOf(at(subset, 'addresses')))
    .map((one) => ({ address: textOf(at(one, 'ip')), port: target }))
}

/** Of ingress-nginx: how many pods are tried, `proxy-next-upstream-tries`. */
const tries = 3

/** To the first of the pods that can be connected to: until then nothing of the request is sent. */
function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  { places: [place, ...others], isTls }: { readonly places: readonly Place[]; readonly isTls: boolean },
): void {
  if (!place) {
    nginxError(response, 502, 'Bad Gateway')
    return
  }
  const sent = request({
    host: place.address,
    port: place.port,
    method: incoming.method,
    path: incoming.url,
    headers: headersFor(incoming, isTls),
    agent: false,
    timeout: 5000,
  })
  let isConnected = false
  sent.on('socket', (socket) =>
    socket.once('connect', () => {
      isConnected = true
      incoming.pipe(sent)
    }),
  )
  sent.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  sent.on('timeout', () => sent.destroy(new Error('timeout')))
  sent.on('error', () => {
    if (!isConnected) forward(incoming, response, { places: others, isTls })
    else if (response.headersSent) response.destroy()
    else nginxError(response, 502, 'Bad Gateway')
  })
}

const headersFor = ({ headers, socket }: IncomingMessage, isTls: boolean) => ({
  ...headers,
  'x-real-ip': socket.remoteAddress ?? '',
  'x-forwarded-for': socket.remoteAddress ?? '',
  'x-forwarded-proto': isTls ? 'https' : 'http',
})
