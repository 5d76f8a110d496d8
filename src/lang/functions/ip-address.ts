import { createRequire } from 'node:module'
import type { IPv4, IPv6 } from 'ipaddr.js'
import { isList } from '#lang/kind-of.ts'
import { textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

export const ipFunctions: readonly FunctionDefinition[] = [
  {
    name: 'ipaddr',
    signature: 'ipaddr(address, question?)',
    summary:
      'Checks an address or network, or answers a question about it: address, network, netmask, hostmask, prefix, broadcast, size, first_usable, last_usable, net, host, ipv4, ipv6, private, public, a number, or a network it may be in. False when it does not fit; a list keeps what fits.',
    example: ["ipaddr('192.168.1.10/24', 'network')", '192.168.1.0'],
    call: ([address, question]) => answered(address, question),
  },
]

interface Net {
  readonly version: 4 | 6
  readonly bits: number
  readonly address: bigint
  readonly prefix: number
  readonly hasPrefix: boolean
}

function answered(address: unknown, question: unknown): unknown {
  if (isList(address)) return address.map((one) => answered(one, question)).filter((one) => one !== false)
  const written = textOf(address)
  const net = netOf(written)
  if (!net) return false
  if (question === undefined || question === '') return written
  const asked = textOf(question)
  const answer = answers[asked]
  if (answer) return answer(net, written)
  if (/^-?\d+$/.test(asked)) return nth(net, BigInt(asked))
  const container = netOf(asked)
  if (!container) throw new BadArgument(`"${asked}" is no question about an address.`)
  return contains(container, net) ? written : false
}

const require = createRequire(import.meta.url)

function netOf(text: string): Net | undefined {
  const [, host = '', prefix] = /^([0-9a-fA-F.:]+)(?:\/([\w.:]+))?$/.exec(text.trim()) ?? []
  const ipaddr: typeof import('ipaddr.js') = require('ipaddr.js')
  const isFour = ipaddr.IPv4.isValidFourPartDecimal(host)
  if (!isFour && !(host.includes(':') && ipaddr.IPv6.isValid(host))) return undefined
  const parsed: IPv4 | IPv6 = ipaddr.parse(host)
  const bits = isFour ? 32 : 128
  const length = prefix === undefined ? bits : prefixLength(prefix, bits)
  if (length === undefined) return undefined
  const address = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return { version: isFour ? 4 : 6, bits, address, prefix: length, hasPrefix: prefix !== undefined }
}

/** `24` or `255.255.255.0`. */
function prefixLength(written: string, bits: number): number | undefined {
  if (/^\d{1,3}$/.test(written)) return Number(written) <= bits ? Number(written) : undefined
  const ipaddr: typeof import('ipaddr.js') = require('ipaddr.js')
  if (bits !== 32 || !ipaddr.IPv4.isValidFourPartDecimal(written)) return undefined
  return ipaddr.IPv4.parse(written).prefixLengthFromSubnetMask() ?? undefined
}

const answers: Readonly<Record<string, (net: Net, written: string) => unknown>> = {
  address: (net) => (net.hasPrefix && isNetworkItself(net) ? false : show(net, net.address)),
  ip: (net) => show(net, net.address),
  host: (net) => (net.hasPrefix && isNetworkItself(net) ? false : `${show(net, net.address)}/${net.prefix}`),
  net: (net) => (isNetworkItself(net) ? `${show(net, net.address)}/${net.prefix}` : false),
  network: (net) => show(net, networkOf(net)),
  subnet: (net) => `${show(net, networkOf(net))}/${net.prefix}`,
  netmask: (net) => show(net, maskOf(net)),
  hostmask: (net) => show(net, hostBits(net)),
  prefix: (net) => net.prefix,
  broadcast: (net) =>
    net.version === 4 && net.prefix < 31 ? show(net, networkOf(net) | hostBits(net)) : false,
  size: (net) => Number(hostBits(net) + 1n),
  first_usable: (net) => show(net, networkOf(net) + (isPointToPoint(net) ? 0n : 1n)),
  last_usable: (net) =>
    show(net, (networkOf(net) | hostBits(net)) - (isPointToPoint(net) || net.version === 6 ? 0n : 1n)),
  version: (net) => net.version,
  ipv4: (net, written) => (net.version === 4 ? written : false),
  ipv6: (net, written) => (net.version === 6 ? written : false),
  private: (net, written) => (rangeOf(net) === 'private' || rangeOf(net) === 'uniqueLocal' ? written : false),
  public: (net, written) => (rangeOf(net) === 'unicast' ? written : false),
  loopback: (net, written) => (rangeOf(net) === 'loopback' ? written : false),
  multicast: (net, written) => (rangeOf(net) === 'multicast' ? written : false),
}

function hostBits({ bits, prefix }: Net): bigint {
  return (1n << BigInt(bits - prefix)) - 1n
}

function maskOf(net: Net): bigint {
  return ((1n << BigInt(net.bits)) - 1n) ^ hostBits(net)
}

function networkOf(net: Net): bigint {
  return net.address & maskOf(net)
}

function isNetworkItself(net: Net): boolean {
  return !isPointToPoint(net) && networkOf(net) === net.address
}

function isPointToPoint({ bits, prefix }: Net): boolean {
  return prefix >= bits - 1
}

function contains(outer: Net, inner: Net): boolean {
  if (outer.version !== inner.version || inner.prefix < outer.prefix) return false
  return networkOf({ ...inner, prefix: outer.prefix }) === networkOf(outer)
}

function nth(net: Net, index: bigint): string | false {
  const last = networkOf(net) | hostBits(net)
  const address = index < 0n ? last + index + 1n : networkOf(net) + index
  if (address < networkOf(net) || address > last) return false
  return `${show(net, address)}/${net.prefix}`
}

function ipOf(net: Net, address: bigint): IPv4 | IPv6 {
  const ipaddr: typeof import('ipaddr.js') = require('ipaddr.js')
  const length = net.bits / 8
  const bytes = Array.from({ length }, (_, i) => Number((address >> BigInt(8 * (length - 1 - i))) & 255n))
  return ipaddr.fromByteArray(bytes)
}

function show(net: Net, address: bigint): string {
  const ip = ipOf(net, address)
  return 'toRFC5952String' in ip ? ip.toRFC5952String() : ip.toString()
}

function rangeOf(net: Net): string {
  return ipOf(net, net.address).range()
}
