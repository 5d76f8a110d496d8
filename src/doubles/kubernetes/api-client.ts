import { readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { type Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { type Fields, isFields } from '../json.ts'

export interface ApiAccess {
  readonly server: string
  readonly ca: string
  readonly cert?: string
  readonly key?: string
  readonly token?: string
  /** Keeps connections; without one each request has its own. */
  readonly agent?: Agent | undefined
}

export interface ApiAnswer {
  readonly code: number
  readonly body: Fields
  /** As it came. */
  readonly text: string
}

/** One server and one user of a kubeconfig as kubeadm writes them. Throws when the file is not there. */
export function readKubeconfig(file: string): ApiAccess {
  const content = readFileSync(file, 'utf8')
  const value = (name: string): string =>
    new RegExp(`^[ -]*${name}: *"?([^"\\n]+)"?$`, 'm').exec(content)?.[1] ?? ''
  const pem = (name: string): string => {
    const data = value(`${name}-data`)
    if (data !== '') return Buffer.from(data, 'base64').toString()
    return value(name) === '' ? '' : readFileSync(value(name), 'utf8')
  }
  return {
    server: value('server'),
    ca: pem('certificate-authority'),
    cert: pem('client-certificate'),
    key: pem('client-key'),
  }
}

export interface ApiCall {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
}

/** Rejects when nobody answers. */
export async function callApi(access: ApiAccess, call: ApiCall): Promise<ApiAnswer> {
  const { method, path, body, type = 'application/json', accept = 'application/json' } = call
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>()
  const headers = {
    'content-type': type,
    accept,
    ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
  }
  const credential = access.cert ? { cert: access.cert, key: access.key ?? '' } : {}
  const url = new URL(path, access.server)
  // A name in /etc/hosts is what certificates are checked for, as with the real one.
  const isPlain = url.protocol === 'http:'
  const secured = { ca: access.ca, agent: access.agent ?? false, ...credential }
  const options = { method, headers, timeout: 5000, ...(isPlain ? {} : secured) }
  const sent = (isPlain ? plainRequest : request)(url, options, (response) => {
    text(response).then(
      (answer) => resolve({ code: response.statusCode ?? 0, body: parsed(answer), text: answer }),
      reject,
    )
  })
  sent.on('timeout', () => sent.destroy(new Error('timeout')))
  sent.on('error', (error) => {
    // A server may hang up on a kept connection just when it is used again. As clients in Go do: what only asks is asked again.
    if (sent.reusedSocket && method === 'GET' && error.message !== 'timeout')
      resolve(callApi({ ...access, agent: undefined }, call))
    else reject(error)
  })
  sent.end(body === undefined ? '' : JSON.stringify(body))
  return promise
}

function parsed(answer: string): Fields {
  try {
    const value: unknown = JSON.parse(answer)
    return isFields(value) ? value : {}
  } catch {
    return { text: answer }
  }
}

/** Makes an object what it says, by server-side apply. */
export const applyObject = (access: ApiAccess, path: string, body: unknown): Promise<ApiAnswer> =>
  callApi(access, {
    method: 'PATCH',
    path: `${path}?fieldManager=kubeadm&force=true`,
    body,
    type: 'application/apply-patch+yaml',
  })
