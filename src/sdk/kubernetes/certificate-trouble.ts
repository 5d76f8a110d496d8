import type { AskCluster } from './kube-client.ts'
import { at, conditionOf, isKubeObject, type KubeObject, listOf, nameOf, textOf } from './kube-object.ts'

/**
 * Why certificates are not issued. cert-manager says it on the objects that it makes on the way, and on the Certificate only
 * that it is under way (https://cert-manager.io/docs/troubleshooting/acme/). Empty when nothing is known.
 */
export async function certificateTrouble(ask: AskCluster, objects: readonly KubeObject[]): Promise<string> {
  const waiting = objects.filter(
    ({ kind, apiVersion }) => kind === 'Certificate' && apiVersion.startsWith('cert-manager.io/'),
  )
  const found = await Promise.all(waiting.map((certificate) => troubleOf(ask, certificate)))
  return found.flat().join('; ')
}

const group = 'cert-manager.io/v1'

async function troubleOf(ask: AskCluster, certificate: KubeObject): Promise<readonly string[]> {
  const namespace = textOf(certificate.metadata.namespace)
  const lists = [`${group}/namespaces/${namespace}/certificaterequests`]
    .concat(['orders', 'challenges'].map((plural) => `acme.${group}/namespaces/${namespace}/${plural}`))
    .map((path) => ({ method: 'GET', path: `/apis/${path}` }) as const)
  const [requests = [], orders = [], challenges = []] = (await ask(lists)).map(({ body }) =>
    listOf(at(body, 'items')).filter(isKubeObject),
  )
  const names = listOf(at(certificate, 'spec', 'dnsNames'))
  const isMine = ({ metadata }: KubeObject): boolean =>
    at(metadata, 'annotations', 'cert-manager.io/certificate-name') === certificate.metadata.name
  // The last of them knows best.
  const said = [
    ...challenges
      .filter((one) => names.includes(at(one, 'spec', 'dnsName')))
      .map((one) => reason(one, at(one, 'status', 'reason'))),
    ...orders
      .filter((one) => listOf(at(one, 'spec', 'dnsNames')).every((name) => names.includes(name)))
      .map((one) => reason(one, at(one, 'status', 'reason'))),
    ...requests.filter(isMine).map((one) => reason(one, conditionOf(one, 'Ready')?.['message'])),
  ].filter((text) => text !== undefined)
  return said.slice(0, 1)
}

const reason = (object: KubeObject, text: unknown): string | undefined =>
  textOf(text) === '' ? undefined : `${nameOf(object)}: ${textOf(text)}`
