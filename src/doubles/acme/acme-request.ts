import { type JsonWebKey, randomBytes } from 'node:crypto'
import type { Call } from '../double.ts'
import type { Fields } from '../json.ts'
import { type Acme, refuseWith } from './acme-state.ts'
import { type Jws, readJws, thumbprint } from './jws.ts'

/** A request whose sender is known. */
export interface AcmeRequest {
  readonly state: Acme
  /** Milliseconds since 1970. */
  readonly now: number
  /** What stands in the path behind the kind of thing; empty without. */
  readonly id: string
  readonly account: string
  /** Of the account. */
  readonly key: JsonWebKey
  readonly payload: Fields | undefined
  /** The address of something that this directory has. */
  readonly url: (path: string) => string
}

/** `--url` is the address that the request was sent to, which the signature covers. */
export const urlOption = { '--url': 'value' } as const

export const addressOf = ({ options }: Pick<Call<Acme>, 'options'>): string =>
  options.text('url') ?? 'https://localhost:14000/'

/**
 * Checks nonce, address and signature (RFC 8555, 6.2 to 6.5). A request for an account brings the key itself, all others
 * name an account that there is.
 */
export function readRequest(call: Call<Acme>): AcmeRequest {
  const { state, host, operands, input } = call
  const address = addressOf(call)
  const jws = parsed(input)
  useNonce(state, jws.header.nonce)
  if (jws.header.url !== address)
    refuseWith('unauthorized', `JWS header "url" is ${jws.header.url}, the request went to ${address}`)
  const { account, key } = senderOf(state, jws)
  return {
    state,
    now: host.now,
    id: operands[0] ?? '',
    account,
    key,
    payload: jws.payload,
    url: (path) => new URL(path, address).href,
  }
}

function parsed(input: string): Jws {
  try {
    return readJws(input)
  } catch (error) {
    return refuseWith('malformed', `Parse error reading JWS: ${String(error)}`)
  }
}

function useNonce(state: Acme, nonce: string): void {
  if (!state.nonces.includes(nonce))
    refuseWith('badNonce', `JWS has an invalid anti-replay nonce: "${nonce}"`)
  state.nonces = state.nonces.filter((one) => one !== nonce)
}

function senderOf(
  state: Acme,
  { header: { jwk, kid }, isSignedBy }: Jws,
): Pick<AcmeRequest, 'account' | 'key'> {
  const account = jwk ? thumbprint(jwk) : (kid ?? '').replace(/^.*\/acct\//, '')
  const key =
    jwk ?? state.accounts[account] ?? refuseWith('accountDoesNotExist', `Account "${kid}" not found`)
  if (!isSignedBy(key)) refuseWith('malformed', 'JWS verification error')
  return { account, key }
}

/** How many unused nonces are remembered. */
const mostNonces = 200

export function newNonce(state: Acme): string {
  const nonce = randomBytes(12).toString('base64url')
  state.nonces = [...state.nonces.slice(1 - mostNonces), nonce]
  return nonce
}
