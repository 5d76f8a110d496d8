import { X509Certificate } from 'node:crypto'

/** A certificate as people ask about it. */
export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  /** ISO 8601, UTC. */
  readonly not_before: string
  readonly not_after: string
  /** Whole days; negative once it has expired. */
  readonly days_left: number
  readonly expired: boolean
  readonly names: readonly string[]
  readonly is_ca: boolean
  /** Lower-case hex. */
  readonly sha256: string
}

const day = 86_400_000

/**
 * Every certificate in a text: PEM blocks, and those inside of a kubeconfig. Throws when a block is none. For a chain the
 * first one is the server's own.
 */
export function certificatesIn(text: string, now: Date): readonly CertificateFacts[] {
  const embedded = [...text.matchAll(/^[ -]*client-certificate-data: *"?([A-Za-z0-9+/=]+)/gm)].map(
    ([, data = '']) => Buffer.from(data, 'base64').toString(),
  )
  const blocks = [text, ...embedded].flatMap(
    (part) => part.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  )
  return blocks.map((block) => factsOf(new X509Certificate(block), now))
}

function factsOf(certificate: X509Certificate, now: Date): CertificateFacts {
  const left = certificate.validToDate.getTime() - now.getTime()
  return {
    subject: certificate.subject.replaceAll('\n', ', '),
    issuer: certificate.issuer.replaceAll('\n', ', '),
    not_before: certificate.validFromDate.toISOString(),
    not_after: certificate.validToDate.toISOString(),
    days_left: Math.floor(left / day),
    expired: left < 0,
    names: (certificate.subjectAltName ?? '')
      .split(', ')
      .map((name) => name.replace(/^(DNS|IP Address):/, ''))
      .filter((name) => name !== ''),
    is_ca: certificate.ca,
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  }
}
