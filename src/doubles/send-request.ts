import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'

export interface Outgoing {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** PEM; only for HTTPS. */
  readonly ca?: string
  /** Takes any certificate. */
  readonly isUnchecked?: boolean
}

export interface Incoming {
  readonly status: number
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One request on a connection of its own. Rejects when nobody answers within ten seconds. */
export function sendRequest({
  method,
  url,
  headers = {},
  body = '',
  ca,
  isUnchecked,
}: Outgoing): Promise<Incoming> {
  const { promise, resolve, reject } = Promise.withResolvers<Incoming>()
  const send = url.startsWith('https:') ? requestHttps : requestHttp
  const trust = { ...(ca && { ca }), ...(isUnchecked && { rejectUnauthorized: false }) }
  const sent = send(url, { method, headers, timeout: 10_000, agent: false, ...trust }, (response) => {
    const names = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(',')])
    text(response).then(
      (answer) =>
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(names), body: answer }),
      reject,
    )
  })
  sent.on('timeout', () => sent.destroy(new Error('timeout awaiting response headers')))
  sent.on('error', (error) => reject(new Error(`${method} "${url}": ${error.message}`, { cause: error })))
  sent.end(body)
  return promise
}
