import type { Secret } from '#model/secret.ts'

/** All that is needed to log in to one SSH server: a host, or one that lies on the way to it. */
export interface SshHop {
  /** What the user calls it. */
  readonly alias: string
  readonly hostname: string
  readonly port: number
  readonly user: string
  readonly password?: Secret
  /** Given by the user for this host: tried first. */
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: Secret
  /** Tried after the agent's keys; missing ones are passed over. */
  readonly identityFiles: readonly string[]
  /** Only keys that stand in the files above, even if the agent has more. */
  readonly identitiesOnly: boolean
  readonly agentSocket?: string
  readonly hostKeyChecking: 'strict' | 'accept-new' | 'off'
  /** The first one takes new keys. */
  readonly knownHostsFiles: readonly string[]
  /** The name keys are known by, where it is not the host's. */
  readonly hostKeyAlias?: string
  readonly addressFamily: 0 | 4 | 6
  /** A program whose stdin and stdout stand for the network. */
  readonly proxyCommand?: string
  readonly connectTimeoutMs: number
  readonly retries: number
}

/** `web1 (root@10.0.0.5 port 22)`; without the brackets' host name when it is the same. */
export function hopName({ alias, hostname, user, port }: SshHop): string {
  return alias === hostname
    ? `${user}@${hostname} port ${port}`
    : `${alias} (${user}@${hostname} port ${port})`
}
