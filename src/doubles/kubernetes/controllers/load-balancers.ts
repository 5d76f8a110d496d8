import { at, fieldsOf, isSame, listOf, textOf, textsOf } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, saveStatus } from './controller.ts'

/**
 * MetalLB's part: while its controller runs and a pool is announced, Services of type LoadBalancer get an address.
 * Annotations and rules as of https://metallb.io/usage/.
 */
export const loadBalancers: Controller = (context) => {
  const { cluster } = context
  const controller = cluster.get('Deployment', 'metallb-system', 'controller')
  if (!controller || !hasCondition(controller, 'Available')) return
  const services = cluster.list('Service')
  for (const service of services) {
    if (at(service, 'spec', 'type') !== 'LoadBalancer') continue
    const address = chosen(service, {
      pools: announced(cluster.list('IPAddressPool'), cluster.list('L2Advertisement')),
      services,
    })
    const ingress = address === undefined ? [] : [{ ip: address, ipMode: 'VIP' }]
    if (!isSame(at(service, 'status', 'loadBalancer', 'ingress') ?? [], ingress)) {
      saveStatus(context, service, { loadBalancer: { ingress } })
    }
  }
}

/** Both spellings: metallb.universe.tf is deprecated since 0.15. */
const annotation = /^metallb\.(?:universe\.tf|io)\/loadBalancerIPs$/

function chosen(
  service: KubeObject,
  { pools, services }: { pools: readonly KubeObject[]; services: readonly KubeObject[] },
): string | undefined {
  const asked = Object.entries(service.metadata.annotations ?? {}).find(([name]) =>
    annotation.test(name),
  )?.[1]
  const mine = addressOf(service)
  const taken = new Set(
    services.filter((other) => other.metadata.uid !== service.metadata.uid).map(addressOf),
  )
  const offered = pools
    .filter((pool) => asked !== undefined || at(pool, 'spec', 'autoAssign') !== false)
    .flatMap(addressesOf)
  const free = offered.filter((address) => !taken.has(address))
  if (asked !== undefined) return free.find((address) => address === asked)
  return free.find((address) => address === mine) ?? free[0]
}

const addressOf = (service: KubeObject): string =>
  textOf(fieldsOf(listOf(at(service, 'status', 'loadBalancer', 'ingress'))[0])['ip'])

/** An advertisement without a list of pools is for all of them. */
function announced(
  pools: readonly KubeObject[],
  advertisements: readonly KubeObject[],
): readonly KubeObject[] {
  return pools.filter((pool) =>
    advertisements.some((one) => {
      const names = textsOf(at(one, 'spec', 'ipAddressPools'))
      return names.length === 0 || names.includes(pool.metadata.name)
    }),
  )
}

function addressesOf(pool: KubeObject): readonly string[] {
  return textsOf(at(pool, 'spec', 'addresses')).flatMap((range) => {
    const [first = '', last = first] = range.includes('-')
      ? range.split('-').map((part) => part.trim())
      : [range.replace(/\/32$/, '')]
    const [from, to] = [numberOf(first), numberOf(last)]
    return Array.from({ length: Math.min(to - from + 1, 256) }, (_, i) => textOfNumber(from + i))
  })
}

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const textOfNumber = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
