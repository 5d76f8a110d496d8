import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, lines, refuse } from '../answer.ts'
import { at, listOf, textOf } from '../json.ts'
import { certificateRequest, publicKeyOf } from '../pki/x509.ts'
import { type ApiAccess, callApi } from './api-client.ts'
import type { KubeadmCall } from './kubeadm-call.ts'
import { readKubeadmConfig } from './kubeadm-config.ts'
import { kubeconfig, kubeletConf, writeKubeletConfig, writeText } from './kubeadm-files.ts'
import { preflight, startKubelet } from './kubeadm-init.ts'

export async function join({ host, options }: KubeadmCall): Promise<Answer> {
  const file = options.text('config') ?? refuse(1, 'the double of kubeadm needs --config')
  const config = readKubeadmConfig(readFileSync(host.path(file), 'utf8'), await host.name())
  preflight(host, [
    {
      path: kubeletConf,
      check: 'FileAvailable--etc-kubernetes-kubelet.conf',
      text: `${kubeletConf} already exists`,
    },
    {
      path: '/etc/kubernetes/pki/ca.crt',
      check: 'FileAvailable--etc-kubernetes-pki-ca.crt',
      text: '/etc/kubernetes/pki/ca.crt already exists',
    },
  ])
  const server = `https://${config.joinEndpoint}`
  const authority = await discover(server, config.hashes)
  const access: ApiAccess = { server, ca: authority, token: config.token }
  const name = await host.name()
  await refuseTwice(access, name)
  const { csr, key } = certificateRequest({
    commonName: `system:node:${name}`,
    organizations: ['system:nodes'],
  })
  const cert = await signed(access, { name, csr })
  writeText(host, '/etc/kubernetes/pki/ca.crt', authority, 0o644)
  writeText(
    host,
    kubeletConf,
    kubeconfig({ server, authority, user: `system:node:${name}`, pair: { cert, key } }),
  )
  writeKubeletConfig(host)
  startKubelet()
  await registered(access, name)
  return {
    stdout: lines([
      '[preflight] Running pre-flight checks',
      '[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap...',
      '',
      'This node has joined the cluster:',
    ]),
  }
}

/**
 * kubeadm notes the runtime's socket on the node, and waits for the node to do so (cmd/kubeadm/app/phases/patchnode;
 * two minutes).
 */
async function registered(access: ApiAccess, name: string): Promise<void> {
  for (const started = Date.now(); Date.now() - started < 120_000; await sleep(50)) {
    const { code } = await callApi(access, { method: 'GET', path: `/api/v1/nodes/${name}` })
    if (code === 200) return
  }
  refuse(1, 'error execution phase kubelet-start: error writing CRISocket for this node: nodes not found')
}

/** cluster-info is public; the authority in it has to have the pinned key. */
async function discover(server: string, hashes: readonly string[]): Promise<string> {
  const info = await fetchUnchecked(`${server}/api/v1/namespaces/kube-public/configmaps/cluster-info`).catch(
    (error: unknown) =>
      refuse(
        1,
        `error execution phase preflight: couldn't validate the identity of the API Server: Get "${server}": ${String(error)}`,
      ),
  )
  const config: unknown = JSON.parse(textOf(at(info, 'data', 'kubeconfig')))
  const data = textOf(at(listOf(at(config, 'clusters'))[0], 'cluster', 'certificate-authority-data'))
  const authority = Buffer.from(data, 'base64').toString()
  const hash = `sha256:${createHash('sha256').update(publicKeyOf(authority)).digest('hex')}`
  if (!hashes.includes(hash))
    refuse(
      1,
      `error execution phase preflight: couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${hash}" are pinned`,
    )
  return authority
}

async function fetchUnchecked(url: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const sent = request(url, { rejectUnauthorized: false, agent: false, timeout: 10_000 }, (response) => {
    text(response).then((answer) => resolve(JSON.parse(answer)), reject)
  })
  sent.on('error', reject)
  sent.end()
  return promise
}

async function refuseTwice(access: ApiAccess, name: string): Promise<void> {
  const { code, body } = await callApi(access, { method: 'GET', path: `/api/v1/nodes/${name}` })
  if (code === 401)
    refuse(
      1,
      "error execution phase preflight: couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID: the token has expired or was deleted",
    )
  const isReady = listOf(at(body, 'status', 'conditions')).some(
    (one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True',
  )
  if (code === 200 && isReady)
    refuse(
      1,
      `error execution phase kubelet-start: a Node with name "${name}" and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
    )
}

async function signed(access: ApiAccess, { name, csr }: { name: string; csr: string }): Promise<string> {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const id = `node-csr-${name}-${Date.now()}`
  const body = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: id },
    spec: {
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      request: Buffer.from(csr).toString('base64'),
      usages: ['client auth'],
      groups: ['system:bootstrappers'],
    },
  }
  const made = await callApi(access, { method: 'POST', path, body })
  if (made.code >= 400) refuse(1, `error execution phase kubelet-start: ${textOf(made.body['message'])}`)
  for (const started = Date.now(); Date.now() - started < 300_000; await sleep(50)) {
    const { body: found } = await callApi(access, { method: 'GET', path: `${path}/${id}` })
    const cert = textOf(at(found, 'status', 'certificate'))
    if (cert !== '') return Buffer.from(cert, 'base64').toString()
  }
  refuse(1, 'error execution phase kubelet-start: timed out waiting for the condition')
}
