import type { HostAddress } from '#model/transport.ts'
import { KnownHostsFiles } from './known-hosts-files.ts'
import { PrivateKeys } from './private-keys.ts'
import { SshConfig } from './ssh-config.ts'
import { CredentialSource } from './ssh-credentials.ts'
import { SshDialer } from './ssh-dialer.ts'
import { hopName } from './ssh-hop.ts'
import { type HopResolver, resolveHops } from './ssh-hops.ts'
import { SshRoad } from './ssh-road.ts'
import type { Way } from './wire.ts'

export interface SshWaysOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
  readonly maxConnectsPerAddress?: number
  readonly keepaliveMs?: number
  readonly onWarning?: (message: string) => void
}

/** Finds the way to hosts over SSH, and holds what the ways share: keys, known hosts, jumps. */
export class SshWays {
  readonly #dialer: SshDialer
  readonly #resolver: HopResolver
  readonly #warn: (message: string) => void
  #warned = false

  constructor({ env, homeDirectory: home, ...options }: SshWaysOptions) {
    const { maxConnectsPerAddress = 8, keepaliveMs = 15_000 } = options
    this.#warn = options.onWarning ?? (() => undefined)
    const credentials = new CredentialSource(new PrivateKeys())
    this.#dialer = new SshDialer(
      { credentials, knownHosts: new KnownHostsFiles(), keepaliveMs },
      maxConnectsPerAddress,
    )
    this.#resolver = { config: new SshConfig({ home, env }), home, env }
  }

  /** The way to one host; nothing is connected before its road is opened. Rejects with HostError. */
  async to(address: HostAddress, signal: AbortSignal): Promise<Way> {
    const hops = await resolveHops(address, this.#resolver)
    if (hops.some(({ hostKeyChecking }) => hostKeyChecking === 'off')) this.#warnUnverified()
    const last = hops.at(-1)
    const name = last ? hopName(last) : address.host
    const openRoad = async () => new SshRoad(name, await this.#dialer.dial(hops, signal))
    return { openRoad, loginUser: last?.user ?? '' }
  }

  #warnUnverified(): void {
    if (this.#warned) return
    this.#warned = true
    this.#warn(
      'The keys of some hosts are not verified, since ssh_host_key_checking or StrictHostKeyChecking is off.',
    )
  }

  /** Ends the jumps. Never rejects. */
  close(): Promise<void> {
    return this.#dialer.close()
  }
}
