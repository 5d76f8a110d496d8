import { defineFact } from '#sdk/fact.ts'
import { linesOf, sections } from '#sdk/sections.ts'

export interface Address {
  readonly address: string
  readonly prefix: number
}

export interface Interface {
  readonly mac: string
  readonly mtu: number
  readonly up: boolean
  readonly ipv4: readonly Address[]
  readonly ipv6: readonly Address[]
}

export interface DefaultRoute {
  readonly address?: string
  readonly prefix?: number
  readonly interface?: string
  readonly gateway?: string
  readonly macaddress?: string
  readonly mtu?: number
}

export interface Network {
  /** The address that traffic to the world leaves from; without a default route an empty mapping. */
  readonly default_ipv4: DefaultRoute
  readonly default_ipv6: DefaultRoute
  readonly interfaces: Readonly<Record<string, Interface>>
  /** Without loopback addresses; IPv6 without link-local ones. */
  readonly all_ipv4: readonly string[]
  readonly all_ipv6: readonly string[]
}

/**
 * `ip route get` asks the kernel only, nothing is sent. The addresses asked for are those of RFC 5737 and
 * RFC 3849, which only a default route matches.
 */
const script = String.raw`PATH=$PATH:/sbin:/usr/sbin
printf '\036links\n'
for dir in /sys/class/net/*; do
  [ -e "$dir/address" ] || continue
  mac=; mtu=; state=
  read -r mac <"$dir/address"; read -r mtu <"$dir/mtu"; read -r state <"$dir/operstate"
  printf '%s\t%s\t%s\t%s\n' "$dir" "$mac" "$mtu" "$state"
done 2>/dev/null
printf '\036addresses\n'; ip -o addr show 2>/dev/null
printf '\036route4\n'; ip -4 route get 203.0.113.1 2>/dev/null
printf '\036route6\n'; ip -6 route get 2001:db8::1 2>/dev/null
:`

export default defineFact<Network>({
  name: 'network',
  summary: 'Interfaces, addresses and default routes.',
  script,
  reads: [{ kind: 'network' }],
  parse({ stdout }) {
    const parts = sections(stdout)
    const addresses = linesOf(parts.get('addresses') ?? '').flatMap(addressOf)
    const interfaces = interfacesOf(parts.get('links') ?? '', addresses)
    const all = (family: string): readonly string[] =>
      addresses
        .filter((found) => found.family === family && isGlobal(found.address))
        .map(({ address }) => address)
    return {
      default_ipv4: defaultRoute(parts.get('route4') ?? '', interfaces),
      default_ipv6: defaultRoute(parts.get('route6') ?? '', interfaces),
      interfaces,
      all_ipv4: all('inet'),
      all_ipv6: all('inet6'),
    }
  },
})

interface Found extends Address {
  readonly name: string
  readonly family: string
}

/** `2: eth0    inet 192.0.2.2/24 brd …`; the addresses of a tunnel come as `inet 10.0.0.1 peer 10.0.0.2/32`. */
function addressOf(line: string): readonly Found[] {
  const match = /^\d+:\s+(\S+)\s+(inet6?)\s+([^\s/]+)(?:\s+peer\s+[^\s/]+)?(?:\/(\d+))?/.exec(line)
  if (!match) return []
  const [, name = '', family = '', address = '', prefix] = match
  const whole = family === 'inet' ? 32 : 128
  return [{ name: plainName(name), family, address, prefix: prefix === undefined ? whole : Number(prefix) }]
}

function interfacesOf(links: string, addresses: readonly Found[]): Readonly<Record<string, Interface>> {
  const own = (name: string, family: string): readonly Address[] =>
    addresses
      .filter((found) => found.name === name && found.family === family)
      .map(({ address, prefix }) => ({ address, prefix }))
  const entries = linesOf(links).map((line): readonly [string, Interface] => {
    const [path = '', mac = '', mtu = '', state = ''] = line.split('\t')
    const name = path.slice(path.lastIndexOf('/') + 1)
    // Loopback and tunnels have no carrier to speak of: their state is "unknown" when they are up.
    const up =
      state === 'up' || (state === 'unknown' && own(name, 'inet').length + own(name, 'inet6').length > 0)
    return [name, { mac, mtu: Number(mtu), up, ipv4: own(name, 'inet'), ipv6: own(name, 'inet6') }]
  })
  return Object.fromEntries(entries)
}

function defaultRoute(line: string, interfaces: Readonly<Record<string, Interface>>): DefaultRoute {
  const word = (name: string): string | undefined => new RegExp(`\\b${name} (\\S+)`).exec(line)?.[1]
  const device = word('dev')
  const address = word('src')
  if (device === undefined || address === undefined || device === 'lo') return {}
  const link = interfaces[device]
  const gateway = word('via')
  const prefix = [...(link?.ipv4 ?? []), ...(link?.ipv6 ?? [])].find((own) => own.address === address)?.prefix
  return {
    address,
    interface: device,
    ...(prefix === undefined ? {} : { prefix }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(link ? { macaddress: link.mac, mtu: link.mtu } : {}),
  }
}

/** `eth0@if5` is eth0, with its peer's number. */
const plainName = (name: string): string => name.split('@')[0] ?? name

const isGlobal = (address: string): boolean => !/^(127[.]|::1$|fe80:)/i.test(address)
