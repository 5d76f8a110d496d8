import { Resolver } from 'node:dns/promises'
import type { Solver } from '../../../acme/acme-client.ts'
import { at, listOf, textOf, textsOf } from '../../../json.ts'
import { changeTxt, type ZoneAccess } from '../../../route53/route53-client.ts'
import { decoded } from '../../authenticate.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { ControllerContext } from '../controller.ts'
import type { Issuance } from './issuance.ts'

/**
 * Proves names by TXT records in Route53 (https://cert-manager.io/docs/configuration/acme/dns01/route53/). The service is where
 * the environment of cert-manager's container says, as for all that use an AWS SDK.
 */
export function route53Solver(context: ControllerContext, issuer: KubeObject, issuance: Issuance): Solver {
  const change = async (action: 'UPSERT' | 'DELETE', name: string, text: string): Promise<void> => {
    const txt = { name: `_acme-challenge.${name}.`, value: `"${text}"` }
    try {
      await changeTxt(accessFor(context, issuer, name), action, txt)
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      throw new Error(`failed to change Route 53 record set: ${said}`, { cause: error })
    }
  }
  return {
    present: (name, text) =>
      issuance.challenge(name, async () => {
        await change('UPSERT', name, text)
        await arrival(resolversOf(context), name, text)
      }),
    async cleanUp(name, text) {
      await change('DELETE', name, text)
      issuance.forget(name)
    },
  }
}

const flag = '--dns01-recursive-nameservers='

/** Whom cert-manager asks whether a record has arrived; nobody where its container does not say. */
function resolversOf({ cluster }: ControllerContext): readonly string[] {
  const [container] = containersOf(cluster.get('Deployment', 'cert-manager', 'cert-manager'))
  const given = textsOf(at(container, 'args')).find((word) => word.startsWith(flag))
  return given === undefined ? [] : given.slice(flag.length).split(',')
}

/** The real one asks every ten seconds, for as long as it takes. */
async function arrival(resolvers: readonly string[], name: string, text: string): Promise<void> {
  if (resolvers.length === 0) return
  const resolver = new Resolver({ timeout: 1000, tries: 1 })
  resolver.setServers(resolvers)
  const found = await resolver.resolveTxt(`_acme-challenge.${name}`).catch((error: Error) => error)
  if (!(found instanceof Error) && found.some((strings) => strings.join('') === text)) return
  const why = found instanceof Error ? found.message : `DNS record for "${name}" not yet propagated`
  throw new Error(`Waiting for DNS-01 challenge propagation: ${why}`)
}

function accessFor({ cluster }: ControllerContext, issuer: KubeObject, name: string): ZoneAccess {
  const solver = listOf(at(issuer, 'spec', 'acme', 'solvers')).find((one) => isFor(one, name))
  const route53 = at(solver, 'dns01', 'route53')
  if (route53 === undefined) throw new Error(`no configured challenge solvers can be used for ${name}`)
  const value = (field: string): string => {
    const [secret, key] = ['name', 'key'].map((part) => textOf(at(route53, field, part)))
    const found = cluster.get('Secret', 'cert-manager', secret ?? '')
    if (!found) throw new Error(`error getting route53 secret access key: secret "${secret}" not found`)
    return decoded(found, key ?? '')
  }
  return {
    endpoint: endpointOf(cluster.get('Deployment', 'cert-manager', 'cert-manager')),
    zone: textOf(at(route53, 'hostedZoneID')),
    key: textOf(at(route53, 'accessKeyID')) || value('accessKeyIDSecretRef'),
    secret: value('secretAccessKeySecretRef'),
  }
}

function isFor(solver: unknown, name: string): boolean {
  const zones = textsOf(at(solver, 'selector', 'dnsZones'))
  return zones.length === 0 || zones.some((zone) => name === zone || name.endsWith(`.${zone}`))
}

const containersOf = (deployment: KubeObject | undefined): readonly unknown[] =>
  listOf(at(deployment, 'spec', 'template', 'spec', 'containers'))

function endpointOf(controller: KubeObject | undefined): string {
  const [container] = containersOf(controller)
  const named = (name: string): string =>
    textOf(
      at(
        listOf(at(container, 'env')).find((one) => at(one, 'name') === name),
        'value',
      ),
    )
  return named('AWS_ENDPOINT_URL_ROUTE_53') || named('AWS_ENDPOINT_URL') || 'https://route53.amazonaws.com'
}
