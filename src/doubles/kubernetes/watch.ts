import type { ServerResponse } from 'node:http'
import type { ApiRequest } from './api-request.ts'
import { ApiStatus } from './api-status.ts'
import type { Cluster } from './cluster.ts'
import type { StoreEvent } from './store.ts'
import { wantedBy } from './verbs.ts'

/** One line of JSON for each event, until the client goes or timeoutSeconds are over. */
export function watch(cluster: Cluster, request: ApiRequest, response: ServerResponse): void {
  const { query, resource, name } = request
  const isWanted = wantedBy(request)
  const prefix = `${resource.group}/${resource.plural}/`
  const from = Number(query.get('resourceVersion') ?? 0)
  const missed = from > 0 ? cluster.store.since(from) : undefined
  if (from > 0 && !missed) throw new ApiStatus(410, 'Expired', `too old resource version: ${from}`)

  response.writeHead(200, { 'Content-Type': 'application/json' })
  // A client waits for these before it waits for events, and there may be none for a long time.
  response.flushHeaders()
  const send = ({ type, key, object }: Pick<StoreEvent, 'type' | 'key' | 'object'>): void => {
    if (!key.startsWith(prefix) || !isWanted(object)) return
    if (name !== undefined && object.metadata.name !== name) return
    response.write(`${JSON.stringify({ type, object })}\n`)
  }
  const present = cluster.store
    .under(prefix)
    .map((object) => ({ type: 'ADDED' as const, key: prefix, object }))
  for (const event of missed ?? present) send(event)
  const stop = cluster.store.listen(send)
  const seconds = Number(query.get('timeoutSeconds') ?? 0)
  const timer = seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined
  response.on('close', () => {
    clearTimeout(timer)
    stop()
  })
}
