import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { at, textOf, textsOf } from '../json.ts'
import { ApiStatus, forbidden } from './api-status.ts'
import type { Cluster } from './cluster.ts'
import type { KubeObject } from './kube-object.ts'

export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/**
 * Who asks: a client certificate's CN and organizations, a bootstrap token (Secret bootstrap-token-<id> of kube-system),
 * a token that the server was started with, or nobody. After https://kubernetes.io/docs/reference/access-authn-authz/authentication/.
 */
export function authenticate(
  request: IncomingMessage,
  cluster: Cluster,
  tokens: ReadonlyMap<string, User>,
): User {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) {
    const user = tokens.get(bearer) ?? bootstrapUser(cluster, bearer)
    if (!user) throw new ApiStatus(401, 'Unauthorized', 'Unauthorized')
    return user
  }
  return certificateUser(request.socket) ?? anonymous
}

function certificateUser(socket: unknown): User | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const subject: unknown = socket.getPeerCertificate().subject
  const name = textOf(at(subject, 'CN'))
  const organization = at(subject, 'O')
  const groups = typeof organization === 'string' ? [organization] : textsOf(organization)
  return name === '' ? undefined : { name, groups: [...groups, 'system:authenticated'] }
}

function bootstrapUser(cluster: Cluster, token: string): User | undefined {
  const [id = '', secret = ''] = token.split('.')
  const found = cluster.get('Secret', 'kube-system', `bootstrap-token-${id}`)
  if (!found || decoded(found, 'token-secret') !== secret || isExpired(found, cluster.now())) return undefined
  if (decoded(found, 'usage-bootstrap-authentication') !== 'true') return undefined
  const groups = decoded(found, 'auth-extra-groups')
    .split(',')
    .filter((group) => group !== '')
  return {
    name: `system:bootstrap:${id}`,
    groups: ['system:bootstrappers', ...groups, 'system:authenticated'],
  }
}

export const decoded = (secret: KubeObject, key: string): string =>
  Buffer.from(textOf(at(secret, 'data', key)), 'base64').toString()

export function isExpired(secret: KubeObject, now: Date): boolean {
  const expiration = decoded(secret, 'expiration')
  return expiration !== '' && new Date(expiration) <= now
}

interface Ask {
  readonly method: string
  readonly path: string
}

/**
 * RBAC in a few lines: what kubeadm binds for masters, nodes and bootstrappers
 * (phases/bootstraptoken/node/tlsbootstrap.go, phases/clusterinfo/clusterinfo.go), and nothing else.
 */
export function authorize({ name, groups }: User, { method, path }: Ask): void {
  if (groups.includes('system:masters') || groups.includes('kubeadm:cluster-admins')) return
  if (groups.includes('system:nodes') && isForNodes(method, path)) return
  if (groups.includes('system:bootstrappers') && isForBootstrappers(method, path)) return
  if (method === 'GET' && isPublic(path)) return
  throw forbidden(`User "${name}" cannot ${method === 'GET' ? 'get' : method.toLowerCase()} path "${path}"`)
}

const isPublic = (path: string): boolean =>
  /^\/(livez|readyz|healthz|version)(\/|$)/.test(path) ||
  path === '/api/v1/namespaces/kube-public/configmaps/cluster-info'

const isForNodes = (method: string, path: string): boolean =>
  method === 'GET' || /\/(nodes|pods|leases|events|certificatesigningrequests)(\/|$)/.test(path)

const isForBootstrappers = (method: string, path: string): boolean =>
  /\/certificatesigningrequests(\/|$)/.test(path) ||
  (method === 'GET' && /^\/api\/v1\/(nodes\/|namespaces\/kube-system\/configmaps\/)/.test(path))
