import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DoubleHost } from '../host.ts'
import { issueCertificate, type KeyPair, type Wanted } from '../pki/x509.ts'
import type { KubeadmConfig } from './kubeadm-config.ts'

/** The files that `kubeadm init` leaves: https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/. */
export const adminConf = '/etc/kubernetes/admin.conf'
export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const manifestsFolder = '/etc/kubernetes/manifests'
export const kubeletConfig = '/var/lib/kubelet/config.yaml'
export const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const

const day = 86_400_000

export function writeText(host: DoubleHost, path: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(host.path(path)), { recursive: true })
  writeFileSync(host.path(path), content, { mode })
}

/** The authority and what it signs; an authority that is there is kept, as `init` and `certs renew` do. */
export function writeCertificates(host: DoubleHost, config: KubeadmConfig): KeyPair {
  const authority = authorityAt(host, 'ca', 'kubernetes')
  const etcd = authorityAt(host, 'etcd/ca', 'etcd-ca')
  const front = authorityAt(host, 'front-proxy-ca', 'front-proxy-ca')
  const leaf = (path: string, wanted: Omit<Wanted, 'notBefore' | 'notAfter'>, by: KeyPair): KeyPair =>
    keep(host, path, issueCertificate({ ...wanted, ...validity(host, 365) }, by))
  const masters = ['system:masters']
  leaf('apiserver', { commonName: 'kube-apiserver', sans: serverNames(config) }, authority)
  leaf(
    'apiserver-kubelet-client',
    { commonName: 'kube-apiserver-kubelet-client', organizations: masters },
    authority,
  )
  leaf('apiserver-etcd-client', { commonName: 'kube-apiserver-etcd-client' }, etcd)
  leaf('front-proxy-client', { commonName: 'front-proxy-client' }, front)
  for (const name of ['server', 'peer', 'healthcheck-client']) {
    leaf(`etcd/${name}`, { commonName: `kube-etcd-${name}`, sans: [config.name, '127.0.0.1'] }, etcd)
  }
  return authority
}

const validity = (host: DoubleHost, days: number) => ({
  notBefore: new Date(host.now - 60_000),
  notAfter: new Date(host.now + days * day),
})

const authorityAt = (host: DoubleHost, path: string, commonName: string): KeyPair =>
  pairAt(host, path) ??
  keep(host, path, issueCertificate({ commonName, isAuthority: true, ...validity(host, 3650) }))

function serverNames({ name, address, endpoint, sans }: KubeadmConfig): readonly string[] {
  const own = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', name, '10.96.0.1', address]
  return [...new Set([...own, endpoint.replace(/:\d+$/, ''), '127.0.0.1', 'localhost', ...sans])]
}

export function pairAt(host: DoubleHost, name: string): KeyPair | undefined {
  const path = host.path(`/etc/kubernetes/pki/${name}`)
  if (!existsSync(`${path}.crt`)) return undefined
  return { cert: readFileSync(`${path}.crt`, 'utf8'), key: readFileSync(`${path}.key`, 'utf8') }
}

function keep(host: DoubleHost, name: string, pair: KeyPair): KeyPair {
  writeText(host, `/etc/kubernetes/pki/${name}.crt`, pair.cert, 0o644)
  writeText(host, `/etc/kubernetes/pki/${name}.key`, pair.key)
  return pair
}

export function writeKubeconfigs(host: DoubleHost, config: KubeadmConfig, authority: KeyPair): void {
  const until = validity(host, 365)
  const users = [
    [adminConf, 'kubernetes-admin', ['system:masters']],
    [kubeletConf, `system:node:${config.name}`, ['system:nodes']],
    ['/etc/kubernetes/controller-manager.conf', 'system:kube-controller-manager', []],
    ['/etc/kubernetes/scheduler.conf', 'system:kube-scheduler', []],
  ] as const
  for (const [path, commonName, organizations] of users) {
    const pair = issueCertificate({ commonName, organizations, ...until }, authority)
    writeText(
      host,
      path,
      kubeconfig({ server: `https://${config.endpoint}`, authority: authority.cert, user: commonName, pair }),
    )
  }
}

const encoded = (pem: string): string => Buffer.from(pem).toString('base64')

export const kubeconfig = ({
  server,
  authority,
  user,
  pair,
}: {
  server: string
  authority: string
  user: string
  pair: KeyPair
}): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${encoded(authority)}
    server: ${server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: ${user}
  name: ${user}@kubernetes
current-context: ${user}@kubernetes
kind: Config
preferences: {}
users:
- name: ${user}
  user:
    client-certificate-data: ${encoded(pair.cert)}
    client-key-data: ${encoded(pair.key)}
`

export function writeManifests(host: DoubleHost, { address, port, version }: KubeadmConfig): void {
  const pki = '/etc/kubernetes/pki'
  const flags: Readonly<Record<(typeof components)[number], readonly string[]>> = {
    etcd: ['--data-dir=/var/lib/etcd', `--advertise-client-urls=https://${address}:2379`],
    'kube-apiserver': [
      `--advertise-address=${address}`,
      `--secure-port=${port}`,
      `--client-ca-file=${pki}/ca.crt`,
      `--tls-cert-file=${pki}/apiserver.crt`,
      `--tls-private-key-file=${pki}/apiserver.key`,
      '--double-data-dir=/var/lib/etcd',
      `--double-ca-key-file=${pki}/ca.key`,
      `--double-version=${version}`,
    ],
    'kube-controller-manager': ['--cluster-cidr=10.244.0.0/16'],
    'kube-scheduler': ['--leader-elect=true'],
  }
  for (const name of components)
    writeText(host, `${manifestsFolder}/${name}.yaml`, manifest(name, version, flags[name]))
}

const manifest = (name: string, version: string, flags: readonly string[]): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: kube-system
  labels:
    component: ${name}
    tier: control-plane
spec:
  containers:
  - command:
    - ${name}
${flags.map((flag) => `    - ${flag}`).join('\n')}
    image: registry.k8s.io/${name}:${version}
    name: ${name}
  hostNetwork: true
`

/** The command of a static pod. */
export function staticCommand(host: DoubleHost, name: string): readonly string[] | undefined {
  const path = host.path(`${manifestsFolder}/${name}.yaml`)
  if (!existsSync(path)) return undefined
  return [...readFileSync(path, 'utf8').matchAll(/^ {4}- (--\S+)$/gm)].map(([, flag = '']) => flag)
}

export function writeKubeletConfig(host: DoubleHost): void {
  writeText(
    host,
    kubeletConfig,
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\nstaticPodPath: /etc/kubernetes/manifests\n',
    0o644,
  )
  writeText(
    host,
    '/var/lib/kubelet/kubeadm-flags.env',
    'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///run/containerd/containerd.sock"\n',
    0o644,
  )
}
