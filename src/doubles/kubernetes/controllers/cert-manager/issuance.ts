import { createHash } from 'node:crypto'
import { at, numberOf, textsOf } from '../../../json.ts'
import { type KubeObject, ownerReference } from '../../kube-object.ts'
import { type ControllerContext, remove, save, saveStatus } from '../controller.ts'
import { messageOf } from './ready.ts'

/**
 * The objects that cert-manager makes on the way to a certificate, and says on them what holds it up
 * (https://cert-manager.io/docs/troubleshooting/acme/): a CertificateRequest, its Order, and a Challenge for each name.
 */
export class Issuance {
  /** Counts the certificates that were issued, this one included. */
  readonly revision: number
  readonly #context: ControllerContext
  readonly #request: KubeObject
  readonly #order: KubeObject

  constructor(context: ControllerContext, certificate: KubeObject) {
    const { name, namespace = '' } = certificate.metadata
    const dnsNames = textsOf(at(certificate, 'spec', 'dnsNames'))
    const issuerRef = at(certificate, 'spec', 'issuerRef')
    this.#context = context
    this.revision = numberOf(at(certificate, 'status', 'revision')) + 1
    const request = owned(certificate, 'CertificateRequest', `${name}-${this.revision}`)
    request.metadata.annotations = { 'cert-manager.io/certificate-name': name }
    this.#request = this.#keep({ ...request, spec: { issuerRef } })
    const order = owned(this.#request, 'Order', `${request.metadata.name}-${digest(dnsNames.join())}`)
    this.#order = this.#keep({ ...order, spec: { dnsNames, issuerRef } })
    this.#say(this.#order, { state: 'pending' })
    const waiting = `Waiting on certificate issuance from order ${namespace}/${order.metadata.name}: "pending"`
    this.#say(this.#request, {
      conditions: [{ type: 'Ready', status: 'False', reason: 'Pending', message: waiting }],
    })
  }

  /** Does what proves a name; what it fails with stands on the Challenge. */
  async challenge(dnsName: string, work: () => Promise<void>): Promise<void> {
    const challenge = this.#keep({ ...this.#challengeOf(dnsName), spec: { dnsName, type: 'DNS-01' } })
    this.#say(challenge, { state: 'pending', presented: false, processing: true })
    try {
      await work()
    } catch (error) {
      this.#say(challenge, { reason: messageOf(error) })
      throw error
    }
    this.#say(challenge, { presented: true, reason: 'Waiting for DNS-01 challenge propagation' })
  }

  /** The Challenge has done its duty. */
  forget(dnsName: string): void {
    const present = this.#present(this.#challengeOf(dnsName))
    if (present) remove(this.#context, present)
  }

  /** How the Order ended, or why it is not further. */
  end(error?: unknown): void {
    if (error !== undefined) {
      this.#say(this.#order, { reason: messageOf(error) })
      return
    }
    const message = 'Certificate fetched from issuer successfully'
    this.#say(this.#order, { state: 'valid', reason: '' })
    this.#say(this.#request, { conditions: [{ type: 'Ready', status: 'True', reason: 'Issued', message }] })
  }

  #challengeOf(dnsName: string): KubeObject {
    return owned(this.#order, 'Challenge', `${this.#order.metadata.name}-${digest(dnsName)}`)
  }

  #keep(object: KubeObject): KubeObject {
    // A manifest need not have all the definitions.
    if (this.#context.cluster.resources().some(({ kind }) => kind === object.kind))
      save(this.#context, object)
    return this.#present(object) ?? object
  }

  #present({ kind, metadata: { namespace = '', name } }: KubeObject): KubeObject | undefined {
    return this.#context.cluster.get(kind, namespace, name)
  }

  #say(object: KubeObject, status: Record<string, unknown>): void {
    const present = this.#present(object)
    if (present) saveStatus(this.#context, present, status)
  }
}

function owned(owner: KubeObject, kind: string, name: string): KubeObject {
  const group = kind === 'CertificateRequest' ? 'cert-manager.io' : 'acme.cert-manager.io'
  const { namespace = '' } = owner.metadata
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace, ownerReferences: [ownerReference(owner)] },
  }
}

const digest = (text: string): string => String(createHash('sha256').update(text).digest().readUInt32BE())
