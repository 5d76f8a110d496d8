import { hasCondition } from '../../store.ts'
import type { Controller } from '../controller.ts'
import { keepCertificate } from './certificates.ts'
import { keepIssuer } from './issuers.ts'

/** What cert-manager's controller does with issuers and certificates, once it runs: https://cert-manager.io/docs/usage/certificate/. */
export const certManager: Controller = (context) => {
  const { cluster } = context
  const controller = cluster.get('Deployment', 'cert-manager', 'cert-manager')
  if (!controller || !hasCondition(controller, 'Available')) return
  for (const issuer of cluster.list('ClusterIssuer')) keepIssuer(context, issuer)
  for (const certificate of cluster.list('Certificate')) keepCertificate(context, certificate)
}
