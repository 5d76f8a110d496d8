import { userInfo } from 'node:os'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import type { HostAddress } from '#model/transport.ts'
import type { SshConfig } from './ssh-config.ts'
import type { SshHop } from './ssh-hop.ts'
import { expandTokens, type SshOptions, type Tokens } from './ssh-options.ts'

export interface HopResolver {
  readonly config: SshConfig
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const longestChain = 8

/** The servers on the way to a host, the host itself last. What the user set for the host wins over ssh_config. */
export async function resolveHops(address: HostAddress, resolver: HopResolver): Promise<readonly SshHop[]> {
  const wanted: Wanted = {
    alias: address.address,
    ...(address.user !== undefined && { user: address.user }),
    ...(address.port !== undefined && { port: address.port }),
    ...(address.jump !== undefined && { jump: address.jump }),
  }
  const chain = await resolveChain(wanted, { address, resolver, depth: 0 })
  const last = chain.at(-1)
  if (!last) return chain
  return [...chain.slice(0, -1), withSecrets(last, address)]
}

interface Wanted {
  readonly alias: string
  readonly user?: string
  readonly port?: number
  readonly jump?: string
}

interface ChainContext {
  readonly address: HostAddress
  readonly resolver: HopResolver
  readonly depth: number
}

async function resolveChain(wanted: Wanted, context: ChainContext): Promise<readonly SshHop[]> {
  if (context.depth > longestChain) {
    throw new HostError(
      'unreachable',
      `The jumps to ${context.address.host} lead in a circle (${wanted.alias}).`,
    )
  }
  const { alias, user, port } = wanted
  const { sshConfigFile } = context.address
  const options = await context.resolver.config.optionsFor({
    alias,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
    ...(sshConfigFile !== undefined && { file: sshConfigFile }),
  })
  const hop = hopFrom(wanted, options, context)
  const jump = wanted.jump ?? (hop.proxyCommand ? 'none' : (options.get('proxyjump')?.[0] ?? 'none'))
  const before = await resolveJumps(jump, context)
  return [...before, hop]
}

/** `-J a,b` means: to b by way of a. Only the first one's own configuration may name further jumps. */
async function resolveJumps(jump: string, context: ChainContext): Promise<readonly SshHop[]> {
  if (jump === 'none' || jump.trim() === '') return []
  const hops: SshHop[] = []
  for (const [i, text] of jump.split(',').entries()) {
    const wanted = parseJump(text.trim())
    const chain = await resolveChain(i === 0 ? wanted : { ...wanted, jump: 'none' }, {
      ...context,
      depth: context.depth + 1,
    })
    hops.push(...chain)
  }
  return hops
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`, with IPv6 addresses in brackets. */
export function parseJump(text: string): { alias: string; user?: string; port?: number } {
  const match = /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[([^\]]+)\]|([^:@]+))(?::(\d+))?\/?$/.exec(text)
  const alias = match?.[2] ?? match?.[3]
  if (!alias) throw new HostError('unreachable', `"${text}" does not name a jump host. Write user@host:port.`)
  return { alias, ...(match?.[1] && { user: match[1] }), ...(match?.[4] && { port: Number(match[4]) }) }
}

function hopFrom(wanted: Wanted, options: SshOptions, { address, resolver }: ChainContext): SshHop {
  const first = (keyword: string) => options.get(keyword)?.[0]
  const localUser = userInfo().username
  const port = wanted.port ?? Number(first('port') ?? 22)
  const user = wanted.user ?? first('user') ?? localUser
  const named = { home: resolver.home, env: resolver.env, alias: wanted.alias, port, user, localUser }
  const hostname = expandTokens(first('hostname') ?? wanted.alias, { ...named, hostname: wanted.alias })
  const tokens = { ...named, hostname }
  const agentSocket = agentOf(first('identityagent'), tokens)
  const hostKeyAlias = first('hostkeyalias')
  const proxyCommand = wanted.jump === undefined ? given(first('proxycommand')) : undefined
  return {
    alias: wanted.alias,
    hostname,
    port,
    user,
    identityFiles: identities(options, address, tokens),
    identitiesOnly: first('identitiesonly') === 'yes',
    hostKeyChecking: address.hostKeyChecking ?? checking(first('stricthostkeychecking')),
    knownHostsFiles: knownHosts(options, address, tokens),
    addressFamily: family(first('addressfamily')),
    connectTimeoutMs: address.connectTimeoutMs,
    retries: address.retries,
    ...(address.privateKeyPassphrase && { privateKeyPassphrase: address.privateKeyPassphrase }),
    ...(agentSocket && { agentSocket }),
    ...(hostKeyAlias && { hostKeyAlias }),
    ...(proxyCommand && { proxyCommand: expandTokens(proxyCommand, tokens) }),
  }
}

/** A host's own password and key are for that host. */
function withSecrets(hop: SshHop, { host, password, privateKeyFile }: HostAddress): SshHop {
  const alias = host === hop.alias ? hop.alias : host
  return { ...hop, alias, ...(password && { password }), ...(privateKeyFile && { privateKeyFile }) }
}

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa']

function identities(options: SshOptions, address: HostAddress, tokens: Tokens): readonly string[] {
  const configured = options.get('identityfile')
  const files = configured?.filter((path) => path !== 'none') ?? defaultKeys.map((name) => `~/.ssh/${name}`)
  // Most people have one key for the hosts and the jumps before them.
  const own = address.privateKeyFile ? [address.privateKeyFile] : []
  return [...new Set([...own, ...files].map((path) => expandTokens(path, tokens)))]
}

function knownHosts(options: SshOptions, address: HostAddress, tokens: Tokens): readonly string[] {
  const words = (keyword: string) => options.get(keyword)?.flatMap((value) => value.split(/\s+/))
  const own = ['known_hosts', 'known_hosts2'].map((name) => join('~', '.ssh', name))
  const user = address.knownHostsFile ? [address.knownHostsFile] : (words('userknownhostsfile') ?? own)
  const system = words('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
  return [...user, ...system].filter((path) => path !== 'none').map((path) => expandTokens(path, tokens))
}

function agentOf(value: string | undefined, tokens: Tokens): string | undefined {
  if (value === 'none') return undefined
  if (value === undefined || value === 'SSH_AUTH_SOCK') return tokens.env['SSH_AUTH_SOCK']
  if (value.startsWith('$') && !value.startsWith('${')) return tokens.env[value.slice(1)]
  return expandTokens(value, tokens)
}

const given = (value: string | undefined): string | undefined => (value === 'none' ? undefined : value)

const checkingWords: Readonly<Record<string, SshHop['hostKeyChecking']>> = {
  yes: 'strict',
  true: 'strict',
  ask: 'strict',
  'accept-new': 'accept-new',
  no: 'off',
  false: 'off',
  off: 'off',
}

const checking = (value: string | undefined): SshHop['hostKeyChecking'] =>
  checkingWords[value ?? 'ask'] ?? 'strict'

const families: Readonly<Record<string, SshHop['addressFamily']>> = { inet: 4, inet6: 6 }

const family = (value: string | undefined): SshHop['addressFamily'] => families[value ?? 'any'] ?? 0
