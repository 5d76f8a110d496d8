import { randomBytes } from 'node:crypto'
import type { Answer } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { at, listOf, textOf } from '../json.ts'
import { requestedNames, signRequest } from '../pki/x509.ts'
import { route53State } from '../route53/route53-state.ts'
import { authorityOf } from './acme-authority.ts'
import { answerOf, json } from './acme-message.ts'
import type { AcmeRequest } from './acme-request.ts'
import { type Acme, type Authorization, type Order, type Problem, refuseWith } from './acme-state.ts'
import { challengeText } from './jws.ts'

const day = 86_400_000
/** By so much Let's Encrypt dates certificates back, for clocks that are slow; less where that would be a good part of their life. */
const hour = 3_600_000

export function newOrder({ state, payload, account, now, url }: AcmeRequest): Answer {
  const names = listOf(at(payload, 'identifiers')).map((one) => textOf(at(one, 'value')).toLowerCase())
  if (names.length === 0 || names.includes(''))
    refuseWith('malformed', 'NewOrder request did not specify any identifiers')
  const authorizations = names.map((name) => {
    const id = newId()
    state.authorizations[id] = {
      account,
      name: name.replace(/^\*\./, ''),
      isWildcard: name.startsWith('*.'),
      token: newId(),
      status: 'pending',
    }
    return id
  })
  const id = newId()
  const order = { account, names, authorizations }
  state.orders[id] = order
  return json(201, orderBody(order, { id, state, now, url }), { Location: url(`/order/${id}`) })
}

const newId = (): string => randomBytes(16).toString('hex')

export function showOrder({ state, id, account, now, url }: AcmeRequest): Answer {
  return json(200, orderBody(orderOf(state, id, account), { id, state, now, url }))
}

function orderOf(state: Acme, id: string, account: string): Order {
  const order = state.orders[id]
  return order?.account === account ? order : refuseWith('malformed', `No order for ID ${id}`)
}

type Surroundings = Pick<AcmeRequest, 'id' | 'state' | 'now' | 'url'>

function orderBody(order: Order, { id, state, now, url }: Surroundings) {
  const status = statusOf(order, state)
  const failed = order.authorizations.map((one) => state.authorizations[one]?.problem).find((one) => one)
  return {
    status,
    expires: new Date(now + 7 * day).toISOString(),
    identifiers: order.names.map((value) => ({ type: 'dns', value })),
    authorizations: order.authorizations.map((one) => url(`/authz/${one}`)),
    finalize: url(`/finalize/${id}`),
    ...(order.certificate !== undefined && { certificate: url(`/cert/${order.certificate}`) }),
    ...(failed && { error: problemBody(failed, 403) }),
  }
}

function statusOf({ authorizations, certificate }: Order, state: Acme): string {
  if (certificate !== undefined) return 'valid'
  const statuses = authorizations.map((id) => state.authorizations[id]?.status)
  if (statuses.includes('invalid')) return 'invalid'
  return statuses.every((status) => status === 'valid') ? 'ready' : 'pending'
}

export const problemBody = ({ type, detail }: Problem, status: number) => ({
  type: `urn:ietf:params:acme:error:${type}`,
  detail,
  status,
})

export function showAuthorization({ state, id, account, now, url }: AcmeRequest): Answer {
  const authorization = authorizationOf(state, id, account)
  return json(200, {
    status: authorization.status,
    expires: new Date(now + 7 * day).toISOString(),
    identifier: { type: 'dns', value: authorization.name },
    challenges: [challengeBody(authorization, { id, url })],
    ...(authorization.isWildcard && { wildcard: true }),
  })
}

function authorizationOf(state: Acme, id: string, account: string): Authorization {
  const found = state.authorizations[id]
  return found?.account === account ? found : refuseWith('malformed', `No authorization for ID ${id}`)
}

const challengeBody = (
  { status, token, problem }: Authorization,
  { id, url }: Pick<AcmeRequest, 'id' | 'url'>,
) => ({
  type: 'dns-01',
  url: url(`/chall/${id}`),
  token,
  status,
  ...(problem && { error: problemBody(problem, 403) }),
})

/** Looks the record up where it has to be: in the zones of this host's double of Route 53. */
export async function validate(request: AcmeRequest, host: DoubleHost): Promise<Answer> {
  const { state, id, account, url } = request
  const authorization = authorizationOf(state, id, account)
  if (authorization.status === 'pending') {
    const problem = await problemOf(authorization, { state, host })
    authorization.status = problem ? 'invalid' : 'valid'
    if (problem) authorization.problem = problem
  }
  const link = `<${url(`/authz/${id}`)}>;rel="up"`
  return json(200, challengeBody(authorization, { id, url }), { Link: link })
}

async function problemOf(
  { account, name, token }: Authorization,
  { state, host }: { readonly state: Acme; readonly host: DoubleHost },
): Promise<Problem | undefined> {
  const place = `_acme-challenge.${name}`
  const { zones } = await host.store.open(route53State)
  const values = Object.values(zones)
    .flatMap(({ records }) => records)
    .filter((one) => one.type === 'TXT' && one.name === `${place}.`)
    .flatMap((one) => one.values.map((value) => value.replaceAll('"', '')))
  if (values.length === 0) return { type: 'dns', detail: `DNS problem: NXDOMAIN looking up TXT for ${place}` }
  if (values.includes(challengeText(token, state.accounts[account] ?? {}))) return undefined
  return { type: 'unauthorized', detail: `Incorrect TXT record "${values[0]}" found at ${place}` }
}

export function finalize(request: AcmeRequest): Answer {
  const { state, id, account, payload, now, url } = request
  const order = orderOf(state, id, account)
  if (statusOf(order, state) !== 'ready')
    refuseWith(
      'orderNotReady',
      `Order's status ("${statusOf(order, state)}") is not acceptable for finalization`,
    )
  const csr = textOf(at(payload, 'csr'))
  const asked = requestedNames(csr).toSorted().join(', ')
  if (asked !== order.names.toSorted().join(', '))
    refuseWith('badCSR', `CSR is for "${asked}", the order for "${order.names.join(', ')}"`)
  const { intermediate } = authorityOf(state, now)
  const life = state.days * day
  const valid = { notBefore: new Date(now - Math.min(hour, life / 24)), notAfter: new Date(now + life) }
  order.certificate = newId()
  state.certificates[order.certificate] = signRequest(csr, intermediate, valid) + intermediate.cert
  return json(200, orderBody(order, { id, state, now, url }), { Location: url(`/order/${id}`) })
}

export function showCertificate({ state, id }: AcmeRequest): Answer {
  const body = state.certificates[id] ?? refuseWith('malformed', `No certificate for ID ${id}`)
  return answerOf({ status: 200, headers: { 'Content-Type': 'application/pem-certificate-chain' }, body })
}
