import { createServer, type Server } from 'node:http'
import { UsageError } from '#model/usage-error.ts'

export interface Status {
  /** Undefined while all is well. */
  problem(): string | undefined
  metrics(): string
}

/** Serves `/healthz` and `/metrics`. Throws UsageError when the address cannot be listened on. */
export async function serveStatus(listen: string, status: Status): Promise<Server> {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(listen)
  if (!match) throw new UsageError(`--listen cannot be "${listen}". It is a port, address:port, or off.`)
  const server = createServer((request, answer) => {
    const [path] = (request.url ?? '').split('?')
    const [code, text] = pageOf(path ?? '', status)
    answer.writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    answer.end(request.method === 'HEAD' ? undefined : text)
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (cause) =>
    reject(new UsageError(`The daemon cannot listen on ${listen}: ${cause.message}.`, { cause })),
  )
  const host = (match[1] ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1')
  server.listen(Number(match[2]), host, resolve)
  await promise
  return server
}

function pageOf(path: string, status: Status): readonly [number, string] {
  if (path === '/metrics') return [200, status.metrics()]
  if (path !== '/healthz') return [404, 'There are /healthz and /metrics.\n']
  const problem = status.problem()
  return problem === undefined ? [200, 'ok\n'] : [503, `${problem}\n`]
}
