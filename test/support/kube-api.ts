import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { type ApiServer, type ApiServerOptions, startApiServer } from '#doubles/kubernetes/api-server.ts'
import type { KubeObject } from '#doubles/kubernetes/kube-object.ts'
import { issueCertificate, type KeyPair } from '#doubles/pki/x509.ts'

export interface TestApi {
  readonly server: ApiServer
  readonly authority: KeyPair
  readonly admin: KeyPair
  /** A kubeconfig like kubeadm's admin.conf. */
  readonly kubeconfig: string
  ask(method: string, path: string, body?: unknown, options?: AskOptions): Promise<ApiAnswer>
  /** Server-side apply under a manager's name. */
  apply(object: unknown, query?: string): Promise<ApiAnswer>
  close(): Promise<void>
}

interface AskOptions {
  readonly type?: string
  readonly as?: KeyPair | { readonly token: string } | 'nobody'
}

export interface ApiAnswer {
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is compared, not used
  readonly body: any
}

const valid = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) }

/** An API server double on loopback, with two hollow workers and a control plane unless told otherwise. */
export async function startTestApi(
  options: Partial<ApiServerOptions> & { nodes?: readonly KubeObject[] } = {},
): Promise<TestApi> {
  const authority = issueCertificate({ commonName: 'kubernetes', isAuthority: true, ...valid })
  const serving = issueCertificate(
    { commonName: 'kube-apiserver', sans: ['localhost', '127.0.0.1'], ...valid },
    authority,
  )
  const admin = issueCertificate(
    { commonName: 'kubernetes-admin', organizations: ['system:masters'], ...valid },
    authority,
  )
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    serving,
    authority,
    version: 'v1.28.15',
    hollowNodes: true,
    ...options,
  })
  for (const node of options.nodes ?? [controlPlane('cp01'), worker('w1'), worker('w2')]) {
    server.cluster.create(server.cluster.ofKind('Node'), node, { manager: 'kubelet' })
    server.cluster.update(
      server.cluster.ofKind('Node'),
      { ...node, status: node['status'] },
      { manager: 'kubelet', subresource: 'status' },
    )
  }
  const ask = asker(server.port, { authority, admin })
  return {
    server,
    authority,
    admin,
    kubeconfig: kubeconfigFor(server.port, authority, admin),
    ask,
    apply: (object, query = 'fieldManager=test') =>
      ask('PATCH', `${pathOf(server, object)}?${query}`, object, { type: 'application/apply-patch+yaml' }),
    close: () => server.close(),
  }
}

function asker(port: number, { authority, admin }: { authority: KeyPair; admin: KeyPair }): TestApi['ask'] {
  return async (method, path, body, { type = 'application/json', as = admin } = {}) => {
    const credential = typeof as === 'object' && 'cert' in as ? { cert: as.cert, key: as.key } : {}
    const headers = {
      'content-type': type,
      ...(typeof as === 'object' && 'token' in as ? { authorization: `Bearer ${as.token}` } : {}),
    }
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>()
    const sent = request(
      { host: '127.0.0.1', port, path, method, ca: authority.cert, headers, agent: false, ...credential },
      (response) => {
        text(response).then(
          (answer) => resolve({ code: response.statusCode ?? 0, body: parsed(answer) }),
          reject,
        )
      },
    )
    sent.on('error', reject)
    sent.end(body === undefined ? '' : JSON.stringify(body))
    return promise
  }
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}

function pathOf({ cluster }: ApiServer, object: unknown): string {
  const { apiVersion, kind, metadata } = Object(object)
  const { plural, isNamespaced } = cluster.ofKind(kind, apiVersion)
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place = isNamespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''
  return `${root}${place}/${plural}/${metadata.name}`
}

export function kubeconfigFor(port: number, authority: KeyPair, user: KeyPair): string {
  const encoded = (pem: string): string => Buffer.from(pem).toString('base64')
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${encoded(authority.cert)}
    server: https://127.0.0.1:${port}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
preferences: {}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${encoded(user.cert)}
    client-key-data: ${encoded(user.key)}
`
}

export function worker(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      nodeInfo: { kubeletVersion: 'v1.28.15' },
    },
  }
}

export function controlPlane(name: string): KubeObject {
  const node = worker(name)
  node.metadata.labels = { ...node.metadata.labels, 'node-role.kubernetes.io/control-plane': '' }
  return {
    ...node,
    spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
  }
}

export const deployment = (name: string, replicas = 2): Record<string, unknown> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 8080 }] }] },
    },
  },
})
