import { X509Certificate } from 'node:crypto'
import { at, fieldsOf, listOf, textOf, textsOf } from '#doubles/json.ts'
import { issueCertificate } from '#doubles/pki/x509.ts'
import { type KubeObject, ownerReference } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import {
  type Condition,
  type Controller,
  type ControllerContext,
  conditionsWith,
  save,
  saveStatus,
} from './controller.ts'

/** What cert-manager's controller does with issuers and certificates, once it runs: https://cert-manager.io/docs/usage/certificate/. */
export const certManager: Controller = (context) => {
  const { cluster } = context
  const controller = cluster.get('Deployment', 'cert-manager', 'cert-manager')
  if (!controller || !hasCondition(controller, 'Available')) return
  for (const issuer of cluster.list('ClusterIssuer')) registerIssuer(context, issuer)
  for (const certificate of cluster.list('Certificate')) issue(context, certificate)
}

const ready = (status: 'True' | 'False', reason: string, message: string): Condition => ({
  type: 'Ready',
  status,
  reason,
  message,
})

/** An ACME issuer registers its account and keeps the key in a Secret of cert-manager's namespace. */
function registerIssuer(context: ControllerContext, issuer: KubeObject): void {
  const name = textOf(at(issuer, 'spec', 'acme', 'privateKeySecretRef', 'name'))
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'cert-manager' } }
  if (name !== '' && !context.cluster.get('Secret', 'cert-manager', name)) {
    save(context, {
      ...secret,
      type: 'Opaque',
      data: { 'tls.key': Buffer.from('account').toString('base64') },
    })
  }
  const condition = ready(
    'True',
    'ACMEAccountRegistered',
    'The ACME account was registered with the ACME server',
  )
  saveStatus(
    context,
    issuer,
    conditionsWith(context, issuer, [{ ...condition, observedGeneration: issuer.metadata.generation }]),
  )
}

function issue(context: ControllerContext, certificate: KubeObject): void {
  const { cluster } = context
  const { namespace = '' } = certificate.metadata
  const issuer = cluster.get('ClusterIssuer', '', textOf(at(certificate, 'spec', 'issuerRef', 'name')))
  const problem = issuer ? missingCredential(context, issuer) : 'referenced ClusterIssuer was not found'
  if (problem !== undefined) {
    const waiting = ready('False', 'DoesNotExist', `Issuing certificate as Secret does not exist: ${problem}`)
    saveStatus(context, certificate, conditionsWith(context, certificate, [waiting]))
    return
  }
  const name = textOf(at(certificate, 'spec', 'secretName'))
  const present = cluster.get('Secret', namespace, name)
  const issued = isGood(present, certificate) ? undefined : newSecret(context, certificate, name)
  if (issued) save(context, issued)
  const cert = Buffer.from(textOf(at(issued ?? present, 'data', 'tls.crt')), 'base64').toString()
  const condition = ready('True', 'Ready', 'Certificate is up to date and has not expired')
  saveStatus(context, certificate, {
    ...conditionsWith(context, certificate, [
      { ...condition, observedGeneration: certificate.metadata.generation },
    ]),
    notAfter: new X509Certificate(cert).validToDate.toISOString().replace(/\.\d+/, ''),
  })
}

/** The DNS-01 solver of Route53 needs the Secret with its key. */
function missingCredential(context: ControllerContext, issuer: KubeObject): string | undefined {
  for (const solver of listOf(at(issuer, 'spec', 'acme', 'solvers'))) {
    const name = textOf(at(solver, 'dns01', 'route53', 'secretAccessKeySecretRef', 'name'))
    if (name !== '' && !context.cluster.get('Secret', 'cert-manager', name)) {
      return `error getting route53 secret access key: secret "${name}" not found`
    }
  }
  return undefined
}

function isGood(secret: KubeObject | undefined, certificate: KubeObject): boolean {
  const issuer = textOf(at(certificate, 'spec', 'issuerRef', 'name'))
  const cert = Buffer.from(textOf(at(secret, 'data', 'tls.crt')), 'base64').toString()
  if (cert === '' || secret?.metadata.annotations?.['cert-manager.io/issuer-name'] !== issuer) return false
  return textsOf(at(certificate, 'spec', 'dnsNames')).every(
    (name) => new X509Certificate(cert).checkHost(name) !== undefined,
  )
}

const lifetime = 90 * 86_400_000

function newSecret(
  { cluster, authority }: ControllerContext,
  certificate: KubeObject,
  name: string,
): KubeObject {
  const names = textsOf(at(certificate, 'spec', 'dnsNames'))
  const issuer = textOf(at(certificate, 'spec', 'issuerRef', 'name'))
  const notBefore = cluster.now()
  const notAfter = new Date(notBefore.getTime() + lifetime)
  const pair = issueCertificate({ commonName: names[0] ?? name, sans: names, notBefore, notAfter }, authority)
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      ...fieldsOf(
        certificate.metadata.namespace === undefined ? {} : { namespace: certificate.metadata.namespace },
      ),
      annotations: {
        'cert-manager.io/issuer-name': issuer,
        'cert-manager.io/certificate-name': certificate.metadata.name,
      },
      ownerReferences: [ownerReference(certificate)],
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encode(pair.cert), 'tls.key': encode(pair.key) },
  }
}
