import { createHash, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Fields, fieldsOf, textOf } from '../json.ts'

/** What a request of ACME says besides its payload (RFC 8555, 6.2): a new key, or the account it is from. */
export interface Protected {
  readonly url: string
  readonly nonce: string
  readonly jwk?: JsonWebKey
  readonly kid?: string
}

export interface Jws {
  readonly header: Protected
  /** Undefined for POST-as-GET. */
  readonly payload: Fields | undefined
  /** Whether a key has signed it. */
  readonly isSignedBy: (key: JsonWebKey) => boolean
}

/** A flattened JWS (RFC 7515, 7.2.2). Throws SyntaxError. */
export function readJws(body: string): Jws {
  const fields = fieldsOf(JSON.parse(body))
  const [head, payload, signature] = ['protected', 'payload', 'signature'].map((name) => textOf(fields[name]))
  const header = fieldsOf(JSON.parse(decode(head ?? '').toString()))
  const { jwk } = header
  return {
    header: {
      url: textOf(header['url']),
      nonce: textOf(header['nonce']),
      ...(jwk !== undefined && { jwk: fieldsOf(jwk) }),
      ...(typeof header['kid'] === 'string' && { kid: header['kid'] }),
    },
    payload: payload === '' ? undefined : fieldsOf(JSON.parse(decode(payload ?? '').toString())),
    isSignedBy: (key) =>
      verify('sha256', Buffer.from(`${head}.${payload}`), verifying(key), decode(signature ?? '')),
  }
}

/** ES256 signs with the two numbers one after the other, not with DER (RFC 7518, 3.4). */
const verifying = (jwk: JsonWebKey) =>
  ({ key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }) as const

/** Signs a request with a key of the curve P-256; without a payload it is a POST-as-GET. */
export function writeJws(header: Protected, payload: Fields | undefined, key: KeyObject): string {
  const head = encode(JSON.stringify({ alg: 'ES256', ...header }))
  const content = payload === undefined ? '' : encode(JSON.stringify(payload))
  const signature = sign('sha256', Buffer.from(`${head}.${content}`), { key, dsaEncoding: 'ieee-p1363' })
  return JSON.stringify({ protected: head, payload: content, signature: encode(signature) })
}

/** RFC 7638: the members that make the key, in alphabetical order. */
export function thumbprint({ kty, crv, x, y, e, n }: JsonWebKey): string {
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/** What the TXT record of a dns-01 challenge holds (RFC 8555, 8.4). */
export const challengeText = (token: string, key: JsonWebKey): string =>
  createHash('sha256')
    .update(`${token}.${thumbprint(key)}`)
    .digest('base64url')

export const encode = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url')
const decode = (text: string): Buffer => Buffer.from(text, 'base64url')
