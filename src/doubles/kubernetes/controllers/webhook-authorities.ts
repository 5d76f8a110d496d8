import { at, fieldsOf, listOf, textOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, save } from './controller.ts'

/**
 * Manifests leave `caBundle` of their webhooks empty: cert-manager's cainjector fills it where an annotation asks for it
 * (https://cert-manager.io/docs/concepts/ca-injector/), MetalLB's controller fills its own (metallb v0.15.0, #2696).
 */
export const webhookAuthorities: Controller = (context) => {
  for (const configuration of context.cluster.list('ValidatingWebhookConfiguration')) {
    const filler = fillerOf(configuration)
    if (filler && isAvailable(context, filler)) fill(context, configuration)
  }
}

interface Filler {
  readonly namespace: string
  readonly name: string
}

function fillerOf({ metadata }: KubeObject): Filler | undefined {
  if (metadata.annotations?.['cert-manager.io/inject-ca-from-secret'] !== undefined)
    return { namespace: 'cert-manager', name: 'cert-manager-cainjector' }
  return metadata.name === 'metallb-webhook-configuration'
    ? { namespace: 'metallb-system', name: 'controller' }
    : undefined
}

function isAvailable({ cluster }: ControllerContext, { namespace, name }: Filler): boolean {
  const deployment = cluster.get('Deployment', namespace, name)
  return deployment !== undefined && hasCondition(deployment, 'Available')
}

function fill(context: ControllerContext, configuration: KubeObject): void {
  const caBundle = Buffer.from(context.authority.cert).toString('base64')
  const webhooks = listOf(configuration['webhooks'])
  if (webhooks.every((webhook) => textOf(at(webhook, 'clientConfig', 'caBundle')) !== '')) return
  save(context, {
    ...configuration,
    webhooks: webhooks.map((webhook) => ({
      ...fieldsOf(webhook),
      clientConfig: { ...fieldsOf(at(webhook, 'clientConfig')), caBundle },
    })),
  })
}
