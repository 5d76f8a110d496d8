import { randomBytes } from 'node:crypto'
import { type Answer, lines, refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { at, listOf, textOf } from '../json.ts'
import { applyObject, callApi, readKubeconfig } from './api-client.ts'
import type { KubeadmCall } from './kubeadm-call.ts'
import { adminConf } from './kubeadm-files.ts'

const secrets = '/api/v1/namespaces/kube-system/secrets'
const groups = 'system:bootstrappers:kubeadm:default-node-token'

export async function createToken({ host, options }: KubeadmCall): Promise<Answer> {
  const [id, secret] = [randomBytes(3).toString('hex'), randomBytes(8).toString('hex')]
  const expiration = new Date(host.now + seconds(options.text('ttl') ?? '24h') * 1000)
    .toISOString()
    .replace(/\.\d+/, '')
  const fields = {
    'token-id': id,
    'token-secret': secret,
    expiration,
    description: options.text('description') ?? '',
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
    'auth-extra-groups': groups,
  }
  const data = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  )
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data,
  }
  await applyObject(access(host), `${secrets}/bootstrap-token-${id}`, body)
  return { stdout: `${id}.${secret}\n` }
}

export async function deleteToken({ host, operands }: KubeadmCall): Promise<Answer> {
  const id = (operands[0] ?? '').split('.')[0] ?? ''
  const { code } = await callApi(access(host), { method: 'DELETE', path: `${secrets}/bootstrap-token-${id}` })
  if (code === 404)
    refuse(1, `failed to delete bootstrap token "${id}": secrets "bootstrap-token-${id}" not found`)
  return { stdout: `bootstrap token "${id}" deleted\n` }
}

/** With -o json: objects one after the other, no list. */
export async function listTokens({ host }: KubeadmCall): Promise<Answer> {
  const { body } = await callApi(access(host), { method: 'GET', path: secrets })
  const tokens = listOf(body['items']).filter((one) => at(one, 'type') === 'bootstrap.kubernetes.io/token')
  return { stdout: lines(tokens.map((token) => JSON.stringify(shown(token), null, 4))) }
}

function shown(secret: unknown) {
  const value = (name: string): string => Buffer.from(textOf(at(secret, 'data', name)), 'base64').toString()
  return {
    kind: 'BootstrapToken',
    apiVersion: 'output.kubeadm.k8s.io/v1alpha2',
    token: `${value('token-id')}.${value('token-secret')}`,
    description: value('description'),
    expires: value('expiration'),
    usages: ['authentication', 'signing'],
    groups: [groups],
  }
}

const access = (host: DoubleHost) => readKubeconfig(host.path(adminConf))

function seconds(ttl: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }
  return [...ttl.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? 's'] ?? 1),
    0,
  )
}
