import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Answer } from '../answer.ts'
import type { Double } from '../double.ts'
import { DoubleHost } from '../host.ts'
import { lockedDoubles } from '../lock.ts'
import { runDouble } from '../run-double.ts'
import { servedPorts } from '../served-ports.ts'
import { defineService, type Place } from '../service.ts'
import { route53 } from './route53.ts'
import { begin, route53State } from './route53-state.ts'
import { readAuthorization, type SignedRequest, signatureOf } from './signature.ts'
import { xml } from './xml.ts'

const cites =
  'Amazon Route 53 API Reference, "Common Errors" and the paths of each action; IAM User Guide, "AWS Signature Version 4"'

/** The way to `route53` for SDKs: plain HTTP, whose requests have to be signed by a key of the account. */
export const route53Api: Double = defineService({
  name: 'route53-api',
  cites,
  port: servedPorts['route53-api'],
  serve: serveRoute53,
})

/** Listens when it settles. */
export async function serveRoute53(root: string, { address, port }: Place): Promise<Server> {
  const server = createServer((request, response) => {
    serve(root, request, response).catch((error: unknown) =>
      sendError(response, 500, { code: 'InternalFailure', message: String(error) }),
    )
  })
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

interface ServiceError {
  readonly code: string
  readonly message: string
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`)
  const body = await text(request)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]),
  )
  const { method = 'GET' } = request
  const refused = await refusalOf(root, { method, url, headers, body })
  if (refused) {
    sendError(response, 403, refused)
    return
  }
  const words = commandOf(method, url)
  if (!words) {
    sendError(response, 404, { code: 'UnknownOperationException', message: `${method} ${url.pathname}` })
    return
  }
  send(response, await runDouble(route53, root, words, body))
}

/** Whether the request is signed by a key that the account has. */
async function refusalOf(root: string, request: SignedRequest): Promise<ServiceError | undefined> {
  const keys = await keysOf(root)
  const given = readAuthorization(request.headers['authorization'] ?? '')
  if (!given) return { code: 'MissingAuthenticationToken', message: 'Missing Authentication Token' }
  if (Object.keys(keys).length === 0) return undefined
  const secret = Object.hasOwn(keys, given.key) ? keys[given.key] : undefined
  if (secret === undefined) {
    const message = 'The security token included in the request is invalid.'
    return { code: 'InvalidClientTokenId', message }
  }
  if (signatureOf(request, given, secret) === given.signature) return undefined
  const message =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.'
  return { code: 'SignatureDoesNotMatch', message }
}

const keysOf = (root: string): Promise<Readonly<Record<string, string>>> =>
  lockedDoubles(root, async () => {
    const host = new DoubleHost(root)
    return (await begin(await host.store.open(route53State), host)).keys
  })

const paths: readonly { readonly method: string; readonly path: RegExp; readonly action: string }[] = [
  { method: 'GET', path: /^hostedzone\/?$/, action: 'ListHostedZones' },
  { method: 'GET', path: /^hostedzonesbyname\/?$/, action: 'ListHostedZonesByName' },
  { method: 'GET', path: /^hostedzone\/([^/]+)$/, action: 'GetHostedZone' },
  { method: 'GET', path: /^hostedzone\/([^/]+)\/rrset\/?$/, action: 'ListResourceRecordSets' },
  { method: 'POST', path: /^hostedzone\/([^/]+)\/rrset\/?$/, action: 'ChangeResourceRecordSets' },
  { method: 'GET', path: /^change\/([^/]+)$/, action: 'GetChange' },
]

/** The command line of the double that a request means. */
function commandOf(method: string, url: URL): readonly string[] | undefined {
  const path = url.pathname.replace(/^\/2013-04-01\//, '')
  const found = paths.find((one) => one.method === method && one.path.test(path))
  if (!found) return undefined
  const ids = found.path.exec(path)?.slice(1) ?? []
  return [found.action, ...ids, ...[...url.searchParams].map(([name, value]) => `--${name}=${value}`)]
}

function send(response: ServerResponse, { exit = 0, stdout = '', stderr = '' }: Answer): void {
  if (exit === 0) {
    response.writeHead(200, { 'Content-Type': 'text/xml' }).end(stdout)
    return
  }
  // As `route53` itself ends, or as `lab fault` was told: "Throttling: Rate exceeded".
  const [, code = 'InternalFailure', said = stderr] =
    /^(?:An error occurred \()?(\w+)\)?[^:]*: ([\s\S]*)$/.exec(stderr.trim()) ?? []
  sendError(response, statuses[code] ?? 400, { code, message: said })
}

const statuses: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  InternalFailure: 500,
  NoSuchChange: 404,
  NoSuchHostedZone: 404,
  ServiceUnavailable: 503,
}

function sendError(response: ServerResponse, status: number, { code, message }: ServiceError): void {
  const id = randomUUID()
  const said = { Type: 'Sender', Code: code, Message: message }
  const body = xml('ErrorResponse', { Error: said, RequestId: id })
  const named = body.replace('>', ' xmlns="https://route53.amazonaws.com/doc/2013-04-01/">')
  response
    .writeHead(status, { 'Content-Type': 'text/xml', 'x-amzn-RequestId': id })
    .end(`<?xml version="1.0"?>\n${named}\n`)
}
