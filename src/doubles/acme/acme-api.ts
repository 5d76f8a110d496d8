import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Answer } from '../answer.ts'
import type { Double } from '../double.ts'
import { DoubleHost } from '../host.ts'
import { lockedDoubles } from '../lock.ts'
import { issueCertificate, type KeyPair } from '../pki/x509.ts'
import { runDouble } from '../run-double.ts'
import { servedPorts } from '../served-ports.ts'
import { defineService, type Place } from '../service.ts'
import { acme } from './acme.ts'
import { authorityOf } from './acme-authority.ts'
import { readMessage } from './acme-message.ts'
import { problemBody } from './acme-orders.ts'
import { newNonce } from './acme-request.ts'
import { acmeState } from './acme-state.ts'

const cites =
  'RFC 8555 (ACME), sections 6 and 7; the port, and `/roots/0`, are those of Pebble: https://github.com/letsencrypt/pebble'

/** The way to `acme` for clients: HTTPS, by a certificate of its own root, which `GET /roots/0` gives. */
export const acmeApi: Double = defineService({
  name: 'acme-api',
  cites,
  port: servedPorts['acme-api'],
  serve: serveAcme,
})

/** Listens when it settles. */
export async function serveAcme(root: string, { address, port }: Place): Promise<Server> {
  const server = createServer(await ownCertificate(root), (request, response) => {
    serve(root, request, response).catch((error: unknown) =>
      sendProblem(response, { type: 'serverInternal', detail: String(error) }),
    )
  })
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

const ownCertificate = (root: string): Promise<KeyPair> =>
  withState(root, async (state, host) => {
    const sans = [...new Set([await host.name(), 'localhost', '127.0.0.1'])]
    const valid = {
      notBefore: new Date(host.now - 3_600_000),
      notAfter: new Date(host.now + 3650 * 86_400_000),
    }
    return issueCertificate({ commonName: 'acme', sans, ...valid }, authorityOf(state, host.now).root)
  })

async function withState<Result>(
  root: string,
  work: (state: Parameters<typeof authorityOf>[0], host: DoubleHost) => Result | Promise<Result>,
): Promise<Result> {
  return lockedDoubles(root, async () => {
    const host = new DoubleHost(root)
    const result = await work(await host.store.open(acmeState), host)
    await host.store.save()
    return result
  })
}

const places: Readonly<Record<string, string>> = {
  'GET /dir': 'directory',
  'GET /nonce': 'newNonce',
  'HEAD /nonce': 'newNonce',
  'GET /roots': 'root',
  'POST /new-acct': 'newAccount',
  'POST /new-order': 'newOrder',
  'POST /order': 'order',
  'POST /authz': 'authorization',
  'POST /chall': 'challenge',
  'POST /finalize': 'finalize',
  'POST /cert': 'certificate',
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request
  const url = new URL(request.url ?? '/', `https://${headers.host ?? 'localhost'}`)
  const [, place = '', id] = url.pathname.split('/')
  const command = places[`${method} /${place}`]
  const body = await text(request)
  if (command === undefined) {
    response.writeHead(404).end()
    return
  }
  if (command === 'root') {
    const { stdout } = await runDouble(acme, root, ['root'])
    response.writeHead(200, { 'Content-Type': 'application/pem-certificate-chain' }).end(stdout)
    return
  }
  const operands = id === undefined ? [] : [id]
  const options = command === 'newNonce' ? [] : [`--url=${url.href}`]
  const answer = await runDouble(acme, root, [command, ...operands, ...options], body)
  // Each answer brings the next nonce (RFC 8555, 6.5).
  const nonce = method === 'POST' ? { 'Replay-Nonce': await withState(root, newNonce) } : {}
  send(response, answer, nonce)
}

function send(
  response: ServerResponse,
  { exit = 0, stdout = '', stderr = '' }: Answer,
  nonce: Readonly<Record<string, string>>,
): void {
  if (exit === 0) {
    const { status, headers, body } = readMessage(stdout)
    response.writeHead(status, { ...headers, ...nonce }).end(body)
    return
  }
  const [, type = 'serverInternal', detail = stderr] =
    /^(?:urn:ietf:params:acme:error:)?(\w+): ([\s\S]*)$/.exec(stderr.trim()) ?? []
  sendProblem(response, { type, detail }, nonce)
}

const statuses: Readonly<Record<string, number>> = {
  accountDoesNotExist: 400,
  orderNotReady: 403,
  rateLimited: 429,
  serverInternal: 500,
  unauthorized: 403,
}

function sendProblem(
  response: ServerResponse,
  problem: { readonly type: string; readonly detail: string },
  headers: Readonly<Record<string, string>> = {},
): void {
  const status = statuses[problem.type] ?? 400
  response
    .writeHead(status, { 'Content-Type': 'application/problem+json', ...headers })
    .end(JSON.stringify(problemBody(problem, status)))
}
