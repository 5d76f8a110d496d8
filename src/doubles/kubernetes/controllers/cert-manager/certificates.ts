import { X509Certificate } from 'node:crypto'
import { at, textOf, textsOf } from '../../../json.ts'
import { certificateRequest } from '../../../pki/x509.ts'
import { decoded } from '../../authenticate.ts'
import { type KubeObject, ownerReference } from '../../kube-object.ts'
import { hasCondition } from '../../store.ts'
import { type ControllerContext, save, saveStatus } from '../controller.ts'
import { Issuance } from './issuance.ts'
import { clientOf } from './issuers.ts'
import { sayReady } from './ready.ts'
import { renewalTime } from './renewal-time.ts'
import { route53Solver } from './route53-solver.ts'

/** Has a certificate issued when there is none, when it is for other names or by another issuer, and when it is due. */
export function keepCertificate(context: ControllerContext, certificate: KubeObject): void {
  const { cluster } = context
  const { name, namespace = '', generation } = certificate.metadata
  const issuer = cluster.get('ClusterIssuer', '', issuerOf(certificate))
  const present = presentIn(cluster.get('Secret', namespace, secretOf(certificate)))
  const why = reasonToIssue(certificate, present, cluster.now())
  if (present && why === undefined) {
    const message = 'Certificate is up to date and has not expired'
    sayReady(
      context,
      certificate,
      { status: 'True', reason: 'Ready', message },
      timesOf(certificate, present),
    )
    const left = renewalTime(certificate, present.chain).getTime() - cluster.now().getTime()
    context.again(Math.min(left, longestTimer))
    return
  }
  if (!issuer || !hasCondition(issuer, 'Ready')) {
    const message = `Issuing certificate as Secret does not exist: referenced ClusterIssuer ${issuer ? 'is not ready' : 'was not found'}`
    if (!present) sayReady(context, certificate, { status: 'False', reason: 'DoesNotExist', message })
    return
  }
  const work = `Certificate ${namespace}/${name} ${generation}`
  context.background(work, () => issue(context, { certificate, issuer, why: why ?? '' }))
}

/** Timers take 31 bits. */
const longestTimer = 2 ** 31 - 1

interface Present {
  readonly chain: X509Certificate
  readonly issuer: string
}

function presentIn(secret: KubeObject | undefined): Present | undefined {
  const pem = secret ? decoded(secret, 'tls.crt') : ''
  if (pem === '') return undefined
  const issuer = secret?.metadata.annotations?.['cert-manager.io/issuer-name'] ?? ''
  return { chain: new X509Certificate(pem), issuer }
}

const issuerOf = (certificate: KubeObject): string => textOf(at(certificate, 'spec', 'issuerRef', 'name'))
const secretOf = (certificate: KubeObject): string => textOf(at(certificate, 'spec', 'secretName'))
const namesOf = (certificate: KubeObject): readonly string[] => textsOf(at(certificate, 'spec', 'dnsNames'))

/** As the policies of cert-manager's pkg/controller/certificates/trigger name them. */
function reasonToIssue(certificate: KubeObject, present: Present | undefined, now: Date): string | undefined {
  if (!present) return 'DoesNotExist'
  if (present.issuer !== issuerOf(certificate)) return 'IncorrectIssuer'
  if (!namesOf(certificate).every((name) => present.chain.checkHost(name) !== undefined))
    return 'SecretMismatch'
  if (present.chain.validToDate <= now) return 'Expired'
  return renewalTime(certificate, present.chain) <= now ? 'Renewing' : undefined
}

const timestamp = (date: Date): string => date.toISOString().replace(/\.\d+/, '')

const timesOf = (certificate: KubeObject, { chain }: Present): Record<string, unknown> => ({
  notBefore: timestamp(chain.validFromDate),
  notAfter: timestamp(chain.validToDate),
  renewalTime: timestamp(renewalTime(certificate, chain)),
})

const issuing: Readonly<Record<string, string>> = {
  DoesNotExist: 'Issuing certificate as Secret does not exist',
  IncorrectIssuer: 'Issuing certificate as Secret was previously issued by another issuer',
  SecretMismatch: 'Issuing certificate as Existing issued Secret is not up to date for spec',
  Expired: 'Certificate expired',
}

interface Issuing {
  readonly certificate: KubeObject
  readonly issuer: KubeObject
  readonly why: string
}

async function issue(context: ControllerContext, { certificate, issuer, why }: Issuing): Promise<void> {
  const names = namesOf(certificate)
  const isGood = why === 'Renewing'
  // Why it takes so long stands on the objects of the issuance alone.
  if (!isGood) sayReady(context, certificate, { status: 'False', reason: why, message: issuing[why] ?? why })
  const issuance = new Issuance(context, certificate)
  try {
    const client = clientOf(context, issuer)
    await client.register(textOf(at(issuer, 'spec', 'acme', 'email')))
    const { csr, key } = certificateRequest({ commonName: names[0] ?? '', sans: names })
    const der = csr.replaceAll(/-----[^-]+-----|\s/g, '')
    const chain = await client.issue(names, der, route53Solver(context, issuer, issuance))
    issuance.end()
    saveStatus(context, certificate, { revision: issuance.revision })
    save(context, secretWith(certificate, { 'tls.crt': chain, 'tls.key': key }))
  } catch (error) {
    issuance.end(error)
    throw error
  }
}

function secretWith(certificate: KubeObject, texts: Readonly<Record<string, string>>): KubeObject {
  const { name, namespace = '' } = certificate.metadata
  const data = Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretOf(certificate),
      namespace,
      annotations: {
        'cert-manager.io/issuer-name': issuerOf(certificate),
        'cert-manager.io/certificate-name': name,
      },
      ownerReferences: [ownerReference(certificate)],
    },
    type: 'kubernetes.io/tls',
    data: Object.fromEntries(data),
  }
}
