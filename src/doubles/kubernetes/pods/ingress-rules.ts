import { at, listOf, numberOf, textOf, textsOf } from '../../json.ts'
import type { KubeObject } from '../kube-object.ts'

export interface Backend {
  readonly namespace: string
  readonly service: string
  /** Of the Service: a name or a number. */
  readonly port: string | number
}

export interface SecretName {
  readonly namespace: string
  readonly name: string
}

/** The Secret with the certificate for a host. */
export function secretFor(ingresses: readonly KubeObject[], host: string): SecretName | undefined {
  for (const ingress of ingresses) {
    const found = listOf(at(ingress, 'spec', 'tls')).find((one) =>
      textsOf(at(one, 'hosts')).some((name) => isHost(name, host)),
    )
    const { namespace = '' } = ingress.metadata
    if (found !== undefined) return { namespace, name: textOf(at(found, 'secretName')) }
  }
  return undefined
}

/** Where a request goes: of the rules for its host the one with the longest path (https://kubernetes.io/docs/concepts/services-networking/ingress/). */
export function backendFor(
  ingresses: readonly KubeObject[],
  host: string,
  path: string,
): Backend | undefined {
  const found = ingresses.flatMap((ingress) =>
    listOf(at(ingress, 'spec', 'rules'))
      .filter((rule) => isHost(textOf(at(rule, 'host')), host))
      .flatMap((rule) => listOf(at(rule, 'http', 'paths')))
      .filter((one) => isPath(one, path))
      .map((one) => ({ path: textOf(at(one, 'path')), backend: backendOf(one, ingress) })),
  )
  return found.toSorted((a, b) => b.path.length - a.path.length)[0]?.backend
}

/** A wildcard stands for one label; a rule without a host is for all. */
function isHost(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === host) return true
  return pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1)
}

function isPath(rule: unknown, path: string): boolean {
  const wanted = textOf(at(rule, 'path')) || '/'
  if (at(rule, 'pathType') === 'Exact') return path === wanted
  const prefix = wanted.replace(/\/$/, '')
  return path === prefix || path.startsWith(`${prefix}/`)
}

function backendOf(rule: unknown, { metadata: { namespace = '' } }: KubeObject): Backend {
  const service = at(rule, 'backend', 'service')
  const name = textOf(at(service, 'port', 'name'))
  return {
    namespace,
    service: textOf(at(service, 'name')),
    port: name || numberOf(at(service, 'port', 'number')),
  }
}
