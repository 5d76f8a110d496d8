import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Fields } from '../json.ts'
import type { KeyPair } from '../pki/x509.ts'
import { type ApiRequest, readApiRequest } from './api-request.ts'
import { ApiStatus, badRequest, pageNotFound } from './api-status.ts'
import { authenticate, authorize, type User } from './authenticate.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'
import { startControllers } from './controllers/start-controllers.ts'
import { discover } from './discovery.ts'
import { Faults } from './faults.ts'
import { metrics } from './metrics.ts'
import { tableOf } from './object-table.ts'
import { openApi, openApiMessage, openApiProtobuf, wantsProtobuf } from './openapi.ts'
import { builtInResources } from './resource-table.ts'
import { answer } from './verbs.ts'
import { watch } from './watch.ts'

export interface ApiServerOptions extends ClusterOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly serving: KeyPair
  /** Signs clients' certificates and those of nodes. */
  readonly authority: KeyPair
  /** `v1.28.15`. */
  readonly version: string
  readonly tokens?: ReadonlyMap<string, User>
}

export interface ApiServer {
  readonly port: number
  readonly cluster: Cluster
  close(): Promise<void>
}

/** kube-apiserver with what else makes up a control plane, as far as clients can tell. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const cluster = new Cluster(options)
  const controllers = startControllers(cluster, options.authority)
  const faults = new Faults()
  const { cert, key } = options.serving
  const server = createServer(
    { cert, key, ca: options.authority.cert, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      serve({ cluster, faults, options }, request, response).catch((error: unknown) =>
        sendError(response, error),
      )
    },
  )
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return { port: portOf(server), cluster, close: () => close(server, cluster, controllers) }
}

async function close(server: Server, cluster: Cluster, controllers: { stop(): void }): Promise<void> {
  controllers.stop()
  server.close()
  server.closeAllConnections()
  if (server.listening) await once(server, 'close')
  cluster.store.flush()
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Serving {
  readonly cluster: Cluster
  readonly faults: Faults
  readonly options: ApiServerOptions
}

async function serve(
  { cluster, faults, options }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers } = request
  const url = new URL(request.url ?? '/', 'https://kubernetes')
  const body = await text(request)
  authorize(authenticate(request, cluster, options.tokens ?? new Map()), { method, path: url.pathname })
  if (url.pathname === '/double/faults') {
    faults.add(JSON.parse(body))
    send(response, 200, {})
    return
  }
  faults.check(method, url)
  if (/^\/(livez|readyz|healthz)$/.test(url.pathname)) {
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok')
    return
  }
  if (url.pathname === '/openapi/v2') {
    sendOpenApi(response, headers.accept ?? '', options.version)
    return
  }
  const known = discover(url.pathname, cluster.resources(), options.version) ?? metrics(cluster, url.pathname)
  if (known) {
    send(response, 200, known)
    return
  }
  const contentType = (headers['content-type'] ?? 'application/json').replace(/;.*/, '').trim()
  const asked = readApiRequest({ method, url, contentType, body }, cluster.resources())
  if (method === 'GET' && !['false', null].includes(url.searchParams.get('watch'))) {
    watch(cluster, asked, response)
    return
  }
  const { code, body: result } = answer(cluster, asked)
  send(response, code, wantsTable(request) ? tableOf(result, tablingOf(asked, cluster)) : result)
}

const wantsTable = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && /;as=Table\b/.test(headers.accept ?? '')

const tablingOf = ({ resource, query }: ApiRequest, cluster: Cluster) => ({
  kind: resource.kind,
  now: cluster.now(),
  isWhole: query.get('includeObject') === 'Object',
})

function sendOpenApi(response: ServerResponse, accept: string, version: string): void {
  if (!wantsProtobuf(accept)) send(response, 200, openApi(builtInResources, version))
  else {
    response
      .writeHead(200, { 'Content-Type': openApiProtobuf })
      .end(openApiMessage(builtInResources, version))
  }
}

function send(response: ServerResponse, code: number, body: Fields): void {
  response.writeHead(code, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

function sendError(response: ServerResponse, error: unknown): void {
  const status = statusOf(error)
  if (response.headersSent) {
    response.end()
    return
  }
  // A path that nothing serves is answered by the mux, in plain text.
  if (status.code === 404 && status.message === pageNotFound().message) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('404 page not found\n')
    return
  }
  send(response, status.code, status.body())
}

function statusOf(error: unknown): ApiStatus {
  if (error instanceof ApiStatus) return error
  if (error instanceof SyntaxError) return badRequest(`the object provided is unrecognized: ${error.message}`)
  return new ApiStatus(
    500,
    'InternalError',
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  )
}
