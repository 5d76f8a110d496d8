import { at, type Fields, isFields, textOf } from '../json.ts'
import type { ApiRequest } from './api-request.ts'
import { ApiStatus, badRequest, notFound, pageNotFound } from './api-status.ts'
import type { Cluster, Writing } from './cluster.ts'
import { evict } from './eviction.ts'
import { isKubeObject, type KubeObject } from './kube-object.ts'
import { mergePatch } from './patch.ts'
import { fieldTest, labelTest, type Test } from './selector.ts'

export interface Answer {
  readonly code: number
  readonly body: Fields
}

/** Answers everything but a watch. */
export function answer(cluster: Cluster, request: ApiRequest): Answer {
  const verb = verbs[request.method]
  if (!verb)
    throw new ApiStatus(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    )
  return verb(cluster, request)
}

const verbs: Readonly<Record<string, (cluster: Cluster, request: ApiRequest) => Answer>> = {
  GET: (cluster, request) =>
    request.name === undefined ? list(cluster, request) : { code: 200, body: find(cluster, request) },
  POST: create,
  PUT: (cluster, request) => replace(cluster, request),
  PATCH: patch,
  DELETE: remove,
}

/** Which objects of a list a request asks for. */
export function wantedBy({ query, namespace }: ApiRequest): Test {
  const label = labelTest(query.get('labelSelector') ?? '')
  const field = fieldTest(query.get('fieldSelector') ?? '')
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) && label(object) && field(object)
}

function list(cluster: Cluster, request: ApiRequest): Answer {
  const { group, version, plural, kind } = request.resource
  const items = cluster.store.under(`${group}/${plural}/`).filter(wantedBy(request))
  return {
    code: 200,
    body: {
      kind: `${kind}List`,
      apiVersion: group === '' ? version : `${group}/${version}`,
      metadata: { resourceVersion: String(cluster.store.revision) },
      items,
    },
  }
}

function find(cluster: Cluster, { resource, namespace = '', name = '' }: ApiRequest): KubeObject {
  const found = cluster.store.get(cluster.key(resource, namespace, name))
  if (!found) throw notFound(resource, name)
  return found
}

function writingOf({ query, subresource }: ApiRequest): Writing {
  const manager = query.get('fieldManager') ?? 'unknown'
  return {
    manager,
    dryRun: query.getAll('dryRun').includes('All'),
    force: query.get('force') === 'true',
    ...(subresource === 'status' ? { subresource } : {}),
  }
}

function placeOf(
  isNamespaced: boolean,
  namespace: string | undefined,
  given: unknown,
): { namespace?: string } {
  if (isNamespaced) return { namespace: namespace ?? 'default' }
  if (given === undefined) return {}
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

function objectOf({ body, resource, namespace, name }: ApiRequest): KubeObject {
  const value: unknown = JSON.parse(body)
  if (!isFields(value)) throw badRequest('the body is no object')
  const { group, version, kind, isNamespaced } = resource
  const given = isFields(value['metadata']) ? value['metadata'] : {}
  const place = placeOf(isNamespaced, namespace, given['namespace'])
  const whole = {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    ...value,
    metadata: { ...given, ...place },
  }
  if (name !== undefined && given['name'] === undefined) Object.assign(whole.metadata, { name })
  if (whole.kind !== kind)
    throw badRequest(`the object provided is unrecognized: ${whole.kind} is not ${kind}`)
  if (!isKubeObject(whole)) throw badRequest('metadata.name is required')
  if (name !== undefined && whole.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${whole.metadata.name}) does not match the name on the URL (${name})`,
    )
  }
  return whole
}

function create(cluster: Cluster, request: ApiRequest): Answer {
  if (request.subresource === 'eviction') return evict(cluster, find(cluster, request), request.query)
  if (request.name !== undefined) throw pageNotFound()
  return { code: 201, body: cluster.create(request.resource, objectOf(request), writingOf(request)) }
}

function replace(cluster: Cluster, request: ApiRequest): Answer {
  if (request.subresource === 'approval' || request.subresource === 'scale') {
    const { subresource: _, ...whole } = request
    return replace(cluster, { ...whole, subresource: undefined })
  }
  return { code: 200, body: cluster.update(request.resource, objectOf(request), writingOf(request)) }
}

/** After https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/. */
function patch(cluster: Cluster, request: ApiRequest): Answer {
  if (request.contentType === 'application/apply-patch+yaml') return apply(cluster, request)
  if (!/^application\/(merge|strategic-merge)-patch\+json$/.test(request.contentType)) {
    throw new ApiStatus(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - ${request.contentType}`,
    )
  }
  const before = find(cluster, request)
  const change: unknown = JSON.parse(request.body)
  const after = mergePatch(structuredClone(before), change)
  if (!isKubeObject(after)) throw badRequest('the patch leaves no object')
  if (at(change, 'metadata', 'resourceVersion') === undefined) delete after.metadata.resourceVersion
  return { code: 200, body: cluster.update(request.resource, after, writingOf(request)) }
}

function apply(cluster: Cluster, request: ApiRequest): Answer {
  if (textOf(request.query.get('fieldManager')) === '') {
    throw new ApiStatus(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
  }
  const object = objectOf(request)
  if (object.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  const isNew = !cluster.store.get(
    cluster.key(request.resource, object.metadata.namespace ?? '', object.metadata.name),
  )
  return { code: isNew ? 201 : 200, body: cluster.apply(request.resource, object, writingOf(request)) }
}

function remove(cluster: Cluster, request: ApiRequest): Answer {
  if (request.name === undefined) {
    const { group, plural } = request.resource
    const all = cluster.store.under(`${group}/${plural}/`).filter(wantedBy(request))
    for (const object of all) cluster.delete(request.resource, object)
    return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } }
  }
  const object = find(cluster, request)
  if (request.query.getAll('dryRun').includes('All')) return { code: 200, body: object }
  const policy = policyOf(request)
  if (policy === 'Orphan') orphan(cluster, object)
  cluster.delete(request.resource, object)
  return {
    code: 200,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: request.name, kind: request.resource.plural, uid: object.metadata.uid },
    },
  }
}

function policyOf({ query, body }: ApiRequest): string {
  const options: unknown = body.trim() === '' ? {} : JSON.parse(body)
  return query.get('propagationPolicy') ?? (textOf(at(options, 'propagationPolicy')) || 'Background')
}

function orphan(cluster: Cluster, owner: KubeObject): void {
  for (const resource of cluster.resources()) {
    for (const object of cluster.store.under(`${resource.group}/${resource.plural}/`)) {
      const owners = object.metadata.ownerReferences ?? []
      const left = owners.filter(({ uid }) => uid !== owner.metadata.uid)
      if (left.length === owners.length) continue
      const key = cluster.key(resource, object.metadata.namespace ?? '', object.metadata.name)
      cluster.store.set(key, { ...object, metadata: { ...object.metadata, ownerReferences: left } })
    }
  }
}
