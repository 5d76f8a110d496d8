import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, lines, Refusal, refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { type ApiAccess, applyObject, callApi, readKubeconfig } from './api-client.ts'
import type { KubeadmCall } from './kubeadm-call.ts'
import { type KubeadmConfig, readKubeadmConfig } from './kubeadm-config.ts'
import {
  adminConf,
  components,
  manifestsFolder,
  writeCertificates,
  writeKubeconfigs,
  writeKubeletConfig,
  writeManifests,
} from './kubeadm-files.ts'

export async function initialise({ host, options, version }: KubeadmCall): Promise<Answer> {
  const file = options.text('config') ?? refuse(1, 'the double of kubeadm needs --config')
  const config = readKubeadmConfig(readFileSync(host.path(file), 'utf8'), await host.name())
  checkVersion(config.version, version)
  preflight(host, [
    ...components
      .map((name) => `${manifestsFolder}/${name}.yaml`)
      .map((path) => ({
        path,
        check: `FileAvailable-${path.replaceAll('/', '-')}`,
        text: `${path} already exists`,
      })),
    {
      path: '/var/lib/etcd/double.json',
      check: 'DirAvailable--var-lib-etcd',
      text: '/var/lib/etcd is not empty',
    },
  ])
  const authority = writeCertificates(host, config)
  writeKubeconfigs(host, config, authority)
  writeKubeletConfig(host)
  writeManifests(host, config)
  startKubelet()
  const access = await waitForServer(host)
  await upload(access, config, authority.cert)
  await markControlPlane(access, config)
  await addons(access)
  return {
    stdout: lines([
      `[init] Using Kubernetes version: ${config.version}`,
      '[preflight] Running pre-flight checks',
      '[kubelet-start] Starting the kubelet',
      '[apiclient] All control plane components are healthy',
      `[mark-control-plane] Marking the node ${config.name} as control-plane`,
      '',
      'Your Kubernetes control-plane has initialized successfully!',
    ]),
  }
}

/** kubeadm sets up its own minor and the one below (https://kubernetes.io/releases/version-skew-policy/#kubeadm). */
function checkVersion(wanted: string, own: string): void {
  const minor = (version: string): number => Number(/^v1\.(\d+)/.exec(version)?.[1])
  if (minor(wanted) <= minor(own) && minor(wanted) >= minor(own) - 1) return
  refuse(
    1,
    `this version of kubeadm only supports deploying clusters with the control plane version >= 1.${minor(own) - 1}.0. Current version: ${wanted}`,
  )
}

interface Check {
  readonly path: string
  readonly check: string
  readonly text: string
}

export function preflight(host: DoubleHost, checks: readonly Check[]): void {
  const errors = checks.filter(({ path }) => existsSync(host.path(path)))
  if (errors.length === 0) return
  const list = errors.map(({ check, text }) => `\t[ERROR ${check}]: ${text}`)
  const stderr = lines([
    'error execution phase preflight: [preflight] Some fatal errors occurred:',
    ...list,
    '[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`',
    'To see the stack trace of this error execute with --v=5 or higher',
  ])
  throw new Refusal({ exit: 1, stdout: '[preflight] Running pre-flight checks\n', stderr })
}

export function startKubelet(): void {
  execFileSync('systemctl', ['daemon-reload'])
  execFileSync('systemctl', ['restart', 'kubelet'])
}

const patience = 240_000

/** WaitForAPI: four minutes, then the message that everybody knows. */
export async function waitForServer(host: DoubleHost): Promise<ApiAccess> {
  const access = readKubeconfig(host.path(adminConf))
  for (const started = Date.now(); Date.now() - started < patience; await sleep(100)) {
    const answer = await callApi(access, { method: 'GET', path: '/readyz' }).catch(() => undefined)
    if (answer?.code === 200) return access
  }
  refuse(
    1,
    "error execution phase wait-control-plane: couldn't initialize a Kubernetes cluster\nUnfortunately, an error has occurred:\n\ttimed out waiting for the condition",
  )
}

const configMap = (name: string, namespace: string, data: Readonly<Record<string, string>>) => ({
  path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
  body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data },
})

async function upload(access: ApiAccess, config: KubeadmConfig, authority: string): Promise<void> {
  const cluster = {
    'certificate-authority-data': Buffer.from(authority).toString('base64'),
    server: `https://${config.endpoint}`,
  }
  const kubeconfig = JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: [{ name: '', cluster }] })
  const maps = [
    configMap('kubeadm-config', 'kube-system', { ClusterConfiguration: `${config.clusterText}\n` }),
    configMap('kubelet-config', 'kube-system', { kubelet: 'kind: KubeletConfiguration\n' }),
    configMap('cluster-info', 'kube-public', { kubeconfig }),
  ]
  for (const { path, body } of maps) await must(applyObject(access, path, body))
}

async function must(answer: ReturnType<typeof callApi>): Promise<void> {
  const { code, body } = await answer
  if (code >= 400) refuse(1, `error: ${String(body['message'] ?? code)}`)
}

async function markControlPlane(access: ApiAccess, { name, isTainted }: KubeadmConfig): Promise<void> {
  for (let code = 404; code === 404; await sleep(50)) {
    code = (await callApi(access, { method: 'GET', path: `/api/v1/nodes/${name}` })).code
  }
  const taints = isTainted ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : []
  const labels = {
    'node-role.kubernetes.io/control-plane': '',
    'node.kubernetes.io/exclude-from-external-load-balancers': '',
  }
  const body = { metadata: { labels }, spec: { taints } }
  await must(
    callApi(access, {
      method: 'PATCH',
      path: `/api/v1/nodes/${name}?fieldManager=kubeadm`,
      body,
      type: 'application/merge-patch+json',
    }),
  )
}

/** coredns and kube-proxy, as small as they can be. */
async function addons(access: ApiAccess): Promise<void> {
  const template = (name: string, more: object = {}) => ({
    metadata: { labels: { 'k8s-app': name } },
    spec: {
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name, image: `registry.k8s.io/${name}` }],
      ...more,
    },
  })
  const object = (kind: string, name: string, spec: object) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'kube-system' },
    spec: { selector: { matchLabels: { 'k8s-app': name } }, ...spec },
  })
  const root = '/apis/apps/v1/namespaces/kube-system'
  await must(
    applyObject(
      access,
      `${root}/daemonsets/kube-proxy`,
      object('DaemonSet', 'kube-proxy', { template: template('kube-proxy', { hostNetwork: true }) }),
    ),
  )
  await must(
    applyObject(
      access,
      `${root}/deployments/coredns`,
      object('Deployment', 'coredns', { replicas: 2, template: template('coredns') }),
    ),
  )
}
