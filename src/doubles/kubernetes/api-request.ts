import { pageNotFound } from './api-status.ts'
import type { Resource } from './resource-table.ts'

/** What a request is about, as apiserver's pkg/endpoints/request/requestinfo.go reads it from the path. */
export interface ApiRequest {
  readonly method: string
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: string
}

export interface RawRequest {
  readonly method: string
  readonly url: URL
  readonly contentType: string
  readonly body: string
}

const place =
  /^\/(?:api\/(?<core>v1)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))\/(?:namespaces\/(?<namespace>[^/]+)\/(?=[^/]))?(?<rest>.+)$/

export function readApiRequest(
  { method, url, contentType, body }: RawRequest,
  resources: readonly Resource[],
): ApiRequest {
  const parts = place.exec(url.pathname)?.groups
  if (!parts) throw pageNotFound()
  const group = parts['group'] ?? ''
  const version = parts['core'] ?? parts['version']
  const { namespace, words } = withoutNamespace(
    parts['namespace'],
    (parts['rest'] ?? '').split('/').map(decodeURIComponent),
  )
  const [plural, name, subresource, ...more] = words
  const resource = resources.find(
    (one) => one.group === group && one.version === version && one.plural === plural,
  )
  if (!resource || more.length > 0 || (namespace !== undefined && !resource.isNamespaced))
    throw pageNotFound()
  return { method, resource, namespace, name, subresource, query: url.searchParams, contentType, body }
}

/** `/namespaces/x/status` is about the namespace itself. */
function withoutNamespace(namespace: string | undefined, words: readonly string[]) {
  const isItself =
    namespace !== undefined && words.length === 1 && ['status', 'finalize'].includes(words[0] ?? '')
  return isItself
    ? { namespace: undefined, words: ['namespaces', namespace, ...words] }
    : { namespace, words }
}
