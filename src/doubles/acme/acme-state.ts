import type { JsonWebKey } from 'node:crypto'
import { refuse } from '../answer.ts'
import type { KeyPair } from '../pki/x509.ts'
import { hasKeys, type StateKind } from '../store.ts'

export interface Authorization {
  readonly account: string
  /** Without `*.`. */
  readonly name: string
  readonly isWildcard: boolean
  readonly token: string
  status: 'pending' | 'valid' | 'invalid'
  /** Why it is invalid. */
  problem?: Problem
}

export interface Order {
  readonly account: string
  readonly names: readonly string[]
  readonly authorizations: readonly string[]
  /** The id of its certificate, once there is one. */
  certificate?: string
}

export interface Problem {
  /** Without `urn:ietf:params:acme:error:`. */
  readonly type: string
  readonly detail: string
}

export interface Acme {
  /** Those that certificates come from; made by the first call that needs them. */
  root?: KeyPair
  intermediate?: KeyPair
  /** How long certificates are good for; Let's Encrypt's are for 90 days. */
  days: number
  /** Given out and not used yet, the newest last. */
  nonces: string[]
  /** By their ids, which are the thumbprints of their keys. */
  accounts: Record<string, JsonWebKey>
  orders: Record<string, Order>
  authorizations: Record<string, Authorization>
  /** Chains of PEM, the leaf first. */
  certificates: Record<string, string>
}

export const acmeState: StateKind<Acme> = {
  family: 'acme',
  initial: () => ({
    days: 90,
    nonces: [],
    accounts: {},
    orders: {},
    authorizations: {},
    certificates: {},
  }),
  isState: (value): value is Acme => hasKeys(value, 'days', 'nonces', 'accounts', 'orders', 'authorizations'),
}

/** Ends a call with a problem of RFC 8555, 6.7: `malformed`, `unauthorized`, `badNonce`, … */
export const refuseWith = (type: string, detail: string): never =>
  refuse(22, `urn:ietf:params:acme:error:${type}: ${detail}`)
