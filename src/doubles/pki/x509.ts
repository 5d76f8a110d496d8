import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { bits, boolean, der, integer, octets, oid, partsOf, sequence, set, time, utf8 } from './der.ts'

/** A certificate and its key as PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface Wanted {
  readonly commonName: string
  readonly organizations?: readonly string[]
  readonly isAuthority?: boolean
  /** Names and IPv4 addresses it is good for. */
  readonly sans?: readonly string[]
  /** Extensions to take over as they are. */
  readonly asked?: readonly Buffer[]
  readonly notBefore: Date
  readonly notAfter: Date
}

/** kubeadm makes RSA keys of 2048 bits; these are P-256, which its PublicKeysECDSA gate makes as well, in no time. */
export function issueCertificate(wanted: Wanted, authority?: KeyPair): KeyPair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const subject = nameOf(wanted)
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  const issuer = authority ? { name: subjectOf(authority.cert), key: authority.key } : { name: subject, key }
  return { cert: certificate({ subject, spki, issuer, wanted }), key }
}

/** A request to sign (PKCS#10, RFC 2986) and its key. */
export function certificateRequest(wanted: Pick<Wanted, 'commonName' | 'organizations' | 'sans'>): {
  readonly csr: string
  readonly key: string
} {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' })
  const names = wanted.sans ?? []
  const asked =
    names.length > 0
      ? sequence(oid('1.2.840.113549.1.9.14'), set(sequence(alternativeNames(names))))
      : Buffer.alloc(0)
  const info = sequence(integer(Buffer.from([0])), nameOf(wanted), spki, der(0xa0, asked))
  const signed = sequence(info, ecdsaSha256, bits(sign('sha256', info, keys.privateKey)))
  return {
    csr: pem('CERTIFICATE REQUEST', signed),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

export interface RequestedCertificate {
  readonly commonName: string
  readonly organizations: readonly string[]
}

/** Signs a request as it is, with the names that it asks for. */
export function signRequest(
  csr: string,
  authority: KeyPair,
  valid: Pick<Wanted, 'notBefore' | 'notAfter'>,
): string {
  const [, subject = Buffer.alloc(0), spki = Buffer.alloc(0), attributes] = requestParts(csr)
  const issuer = { name: subjectOf(authority.cert), key: authority.key }
  return certificate({
    subject,
    spki,
    issuer,
    wanted: { commonName: '', ...valid, asked: askedNames(attributes) },
  })
}

/** The subjectAltName of a request's extensionRequest, as bytes. */
function askedNames(attributes: Buffer | undefined): readonly Buffer[] {
  const [request] = attributes ? partsOf(attributes) : []
  const [, values] = request ? partsOf(request) : []
  const [extensions] = values ? partsOf(values) : []
  const isNames = (extension: Buffer): boolean => partsOf(extension)[0]?.equals(alternativeNamesId) ?? false
  return extensions ? partsOf(extensions).filter(isNames) : []
}

/** The DNS names that a request (PEM, or DER in base64 of either kind) asks for. */
export function requestedNames(csr: string): readonly string[] {
  return askedNames(requestParts(csr)[3]).flatMap((extension) => {
    const [names] = partsOf(partsOf(extension).at(-1) ?? Buffer.alloc(0))
    const all = names ? partsOf(names) : []
    return all.filter((name) => name[0] === 0x82).map((name) => name.subarray(2).toString())
  })
}

export function readRequest(csr: string): RequestedCertificate {
  const attributes = partsOf(requestParts(csr)[1] ?? Buffer.alloc(0)).map((relative) => {
    const [type, value] = partsOf(partsOf(relative)[0] ?? Buffer.alloc(0))
    return { type: type?.toString('hex'), text: value?.subarray(2).toString() ?? '' }
  })
  const texts = (type: string): readonly string[] =>
    attributes.filter((attribute) => attribute.type === oid(type).toString('hex')).map(({ text }) => text)
  return { commonName: texts(commonName)[0] ?? '', organizations: texts(organization) }
}

/** The pin that `kubeadm join` takes: sha256 over the public key of the authority. */
export const publicKeyOf = (cert: string): Buffer =>
  new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })

const alternativeNamesId = oid('2.5.29.17')
const commonName = '2.5.4.3'
const organization = '2.5.4.10'
const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'))

interface Parts {
  readonly subject: Uint8Array
  readonly spki: Uint8Array
  readonly issuer: { readonly name: Uint8Array; readonly key: string }
  readonly wanted: Wanted
}

function certificate({ subject, spki, issuer, wanted }: Parts): string {
  const { notBefore, notAfter } = wanted
  const serial = randomBytes(12)
  serial[0] = 1
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaSha256,
    issuer.name,
    sequence(time(notBefore), time(notAfter)),
    subject,
    spki,
    der(0xa3, sequence(...extensionsOf(wanted))),
  )
  const signature = sign('sha256', body, createPrivateKey(issuer.key))
  return pem('CERTIFICATE', sequence(body, ecdsaSha256, bits(signature)))
}

function extensionsOf({ isAuthority = false, sans = [], asked = [] }: Wanted): readonly Buffer[] {
  const constraints = isAuthority ? sequence(boolean(true)) : sequence()
  // digitalSignature, keyEncipherment, for authorities keyCertSign.
  const usage = isAuthority ? bits(Buffer.from([0xa4]), 2) : bits(Buffer.from([0xa0]), 5)
  const uses = sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))
  return [
    sequence(oid('2.5.29.15'), boolean(true), octets(usage)),
    sequence(oid('2.5.29.19'), boolean(true), octets(constraints)),
    ...(isAuthority ? [] : [sequence(oid('2.5.29.37'), octets(uses))]),
    ...(sans.length > 0 ? [alternativeNames(sans)] : []),
    ...asked,
  ]
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  )
  return sequence(alternativeNamesId, octets(sequence(...entries)))
}

function nameOf({
  commonName: name,
  organizations = [],
}: Pick<Wanted, 'commonName' | 'organizations'>): Buffer {
  const groups = organizations.map((one) => set(sequence(oid(organization), utf8(one))))
  return sequence(...groups, set(sequence(oid(commonName), utf8(name))))
}

/** The seventh field of a v3 certificate's body, as bytes: an issuer has to be named exactly as it names itself. */
function subjectOf(cert: string): Buffer {
  const [body = Buffer.alloc(0)] = partsOf(new X509Certificate(cert).raw)
  return partsOf(body)[5] ?? Buffer.alloc(0)
}

function requestParts(csr: string): readonly Buffer[] {
  const bytes = Buffer.from(csr.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  return partsOf(partsOf(bytes)[0] ?? Buffer.alloc(0))
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
