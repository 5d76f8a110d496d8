import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { AcmeClient } from '../../../acme/acme-client.ts'
import { at, fieldsOf, listOf, textOf } from '../../../json.ts'
import { decoded } from '../../authenticate.ts'
import type { KubeObject } from '../../kube-object.ts'
import { type ControllerContext, save } from '../controller.ts'
import { messageOf, sayReady } from './ready.ts'

const namespace = 'cert-manager'

/** An ACME issuer registers its account once, and keeps the key in a Secret of cert-manager's namespace. */
export function keepIssuer(context: ControllerContext, issuer: KubeObject): void {
  const { name, generation } = issuer.metadata
  const ready = listOf(at(issuer, 'status', 'conditions')).find((one) => at(one, 'type') === 'Ready')
  const isRegistered = at(ready, 'status') === 'True' && at(ready, 'observedGeneration') === generation
  if (isRegistered && accountKey(context, issuer) !== undefined) return
  context.background(`ClusterIssuer ${name} ${generation}`, () => register(context, issuer))
}

async function register(context: ControllerContext, issuer: KubeObject): Promise<void> {
  try {
    if (accountKey(context, issuer) === undefined) makeAccountKey(context, issuer)
    const uri = await clientOf(context, issuer).register(textOf(at(issuer, 'spec', 'acme', 'email')))
    const message = 'The ACME account was registered with the ACME server'
    sayReady(context, issuer, { status: 'True', reason: 'ACMEAccountRegistered', message }, { acme: { uri } })
  } catch (error) {
    const message = `Failed to register ACME account: ${messageOf(error)}`
    sayReady(context, issuer, { status: 'False', reason: 'ErrRegisterACMEAccount', message })
    throw error
  }
}

/** The client of an issuer's account. Throws when it has none. */
export function clientOf(context: ControllerContext, issuer: KubeObject): AcmeClient {
  const acme = fieldsOf(at(issuer, 'spec', 'acme'))
  const key = accountKey(context, issuer)
  if (key === undefined) throw new Error(`issuer ${issuer.metadata.name} has no account`)
  const ca = Buffer.from(textOf(acme['caBundle']), 'base64').toString()
  return new AcmeClient({
    directory: textOf(acme['server']),
    key: createPrivateKey(key),
    trust: { ca, isUnchecked: acme['skipTLSVerify'] === true },
  })
}

const secretName = (issuer: KubeObject): string =>
  textOf(at(issuer, 'spec', 'acme', 'privateKeySecretRef', 'name'))

function accountKey({ cluster }: ControllerContext, issuer: KubeObject): string | undefined {
  const secret = cluster.get('Secret', namespace, secretName(issuer))
  return secret && decoded(secret, 'tls.key')
}

function makeAccountKey(context: ControllerContext, issuer: KubeObject): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  save(context, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName(issuer), namespace },
    type: 'Opaque',
    data: { 'tls.key': Buffer.from(key).toString('base64') },
  })
}
