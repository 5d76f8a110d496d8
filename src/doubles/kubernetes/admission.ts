import { at, listOf, textOf, textsOf } from '../json.ts'
import { forbidden, internalError, notFound } from './api-status.ts'
import type { KubeObject } from './kube-object.ts'
import { builtInResources, type Resource } from './resource-table.ts'

interface Reading {
  get(kind: string, namespace: string, name: string): KubeObject | undefined
  list(kind: string, namespace?: string): readonly KubeObject[]
}

interface Admission {
  readonly resource: Resource
  readonly before: KubeObject | undefined
  readonly after: KubeObject
  readonly isStatus: boolean
}

const namespaces = builtInResources.find(({ kind }) => kind === 'Namespace')

/** The admission that objects in use here meet: NamespaceLifecycle and webhooks. */
export function admit(cluster: Reading, { resource, before, after, isStatus }: Admission): void {
  if (resource.isNamespaced && !before) admitIntoNamespace(cluster, resource, after)
  if (!isStatus) askWebhooks(cluster, { resource, isNew: before === undefined })
}

function admitIntoNamespace(cluster: Reading, resource: Resource, { metadata }: KubeObject): void {
  const name = metadata.namespace ?? ''
  const namespace = cluster.get('Namespace', '', name)
  if (!namespace) throw notFound(namespaces ?? { plural: 'namespaces', group: '' }, name)
  if (namespace.metadata.deletionTimestamp === undefined) return
  throw forbidden(
    `${resource.plural} "${metadata.name}" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
  )
}

function askWebhooks(cluster: Reading, about: { resource: Resource; isNew: boolean }): void {
  const configurations = [
    ...cluster.list('MutatingWebhookConfiguration'),
    ...cluster.list('ValidatingWebhookConfiguration'),
  ]
  const webhooks = configurations.flatMap((configuration) => listOf(configuration['webhooks']))
  for (const webhook of webhooks) {
    if (isAsked(webhook, about) && at(webhook, 'failurePolicy') !== 'Ignore') call(cluster, webhook)
  }
}

function isAsked(webhook: unknown, { resource, isNew }: { resource: Resource; isNew: boolean }): boolean {
  return listOf(at(webhook, 'rules')).some((rule) => {
    const holds = (field: string, value: string): boolean => {
      const values = textsOf(at(rule, field))
      return values.includes('*') || values.includes('*/*') || values.includes(value)
    }
    return (
      holds('apiGroups', resource.group) &&
      holds('apiVersions', resource.version) &&
      holds('resources', resource.plural) &&
      holds('operations', isNew ? 'CREATE' : 'UPDATE')
    )
  })
}

/**
 * A webhook answers when its Service has a ready endpoint and its caBundle is there; messages as in
 * apiserver's pkg/admission/plugin/webhook/errors/statuserror.go and pkg/util/proxy/proxy.go.
 */
function call(cluster: Reading, webhook: unknown): void {
  const service = at(webhook, 'clientConfig', 'service')
  const [namespace, name] = [textOf(at(service, 'namespace')), textOf(at(service, 'name'))]
  const fail = (why: string): Error => {
    const url = `https://${name}.${namespace}.svc:${String(at(service, 'port') ?? 443)}${textOf(at(service, 'path'))}?timeout=10s`
    return internalError(
      `failed calling webhook ${JSON.stringify(at(webhook, 'name'))}: failed to call webhook: Post "${url}": ${why}`,
    )
  }
  if (!cluster.get('Service', namespace, name)) throw fail(`service "${name}" not found`)
  const endpoints = cluster.get('Endpoints', namespace, name)
  const isReady = listOf(at(endpoints, 'subsets')).some(
    (subset) => listOf(at(subset, 'addresses')).length > 0,
  )
  if (!isReady) throw fail(`no endpoints available for service "${name}"`)
  if (textOf(at(webhook, 'clientConfig', 'caBundle')) === '') {
    throw fail('tls: failed to verify certificate: x509: certificate signed by unknown authority')
  }
}
