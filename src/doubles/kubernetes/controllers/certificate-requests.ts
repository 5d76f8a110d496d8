import { at, textOf, textsOf } from '#doubles/json.ts'
import { signRequest } from '#doubles/pki/x509.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, conditionsWith, saveStatus } from './controller.ts'

const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
const year = 365 * 86_400_000

/** Kubelets' client certificates are approved by themselves, their serving certificates by somebody; both are signed then. */
export const approveAndSign: Controller = (context) => {
  for (const request of context.cluster.list('CertificateSigningRequest')) {
    if (at(request, 'status', 'certificate') !== undefined || hasCondition(request, 'Denied')) continue
    if (hasCondition(request, 'Approved')) sign(context, request)
    else if (at(request, 'spec', 'signerName') === clientSigner && isFromNode(request))
      approve(context, request)
  }
}

const isFromNode = (request: KubeObject): boolean =>
  textsOf(at(request, 'spec', 'groups')).some(
    (group) => group === 'system:bootstrappers' || group === 'system:nodes',
  )

function approve(context: ControllerContext, request: KubeObject): void {
  const approved = {
    type: 'Approved',
    status: 'True',
    reason: 'AutoApproved',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  }
  saveStatus(context, request, conditionsWith(context, request, [approved]))
}

function sign(context: ControllerContext, request: KubeObject): void {
  const csr = Buffer.from(textOf(at(request, 'spec', 'request')), 'base64').toString()
  const notBefore = context.cluster.now()
  const valid = { notBefore, notAfter: new Date(notBefore.getTime() + year) }
  const cert = signRequest(csr, context.authority, valid)
  saveStatus(context, request, { certificate: Buffer.from(cert).toString('base64') })
}
