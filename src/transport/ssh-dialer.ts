import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'ssh2'
import { HostError } from '#model/host-error.ts'
import { ConnectGate } from './connect-gate.ts'
import { oncePer } from './once-per.ts'
import { ConnectError } from './ssh-attempt.ts'
import { type ClientContext, connectClient } from './ssh-client.ts'
import type { ConnectFailure } from './ssh-errors.ts'
import { hopName, type SshHop } from './ssh-hop.ts'

/** A server that drops logins at random (MaxStartups) is asked this often, whatever `retries` says. */
const triesWhenBusy = 6

/** Makes connections through chains of jumps, and shares the jumps between hosts. */
export class SshDialer {
  readonly #context: ClientContext
  readonly #gate: ConnectGate
  readonly #jumps = new Map<string, Promise<Client>>()

  constructor(context: ClientContext, connectsPerAddress: number) {
    this.#context = context
    this.#gate = new ConnectGate(connectsPerAddress)
  }

  /** Rejects with HostError. */
  async dial(hops: readonly SshHop[], signal: AbortSignal): Promise<Client> {
    const hop = hops.at(-1)
    if (!hop) throw new HostError('unreachable', 'There is no host to connect to.')
    return this.#persist(hop, hops.slice(0, -1), signal)
  }

  /** Ends the jumps. Never rejects. */
  async close(): Promise<void> {
    const jumps = [...this.#jumps.values()]
    this.#jumps.clear()
    for (const jump of jumps) (await jump.catch(() => undefined))?.end()
  }

  async #persist(hop: SshHop, before: readonly SshHop[], signal: AbortSignal): Promise<Client> {
    for (let tries = 1; ; tries += 1) {
      const client = await this.#gate.through(placeOf([...before, hop]), () => this.#try(hop, before, signal))
      if (!(client instanceof ConnectError)) return client
      const { again, error } = client.failure
      if (tries >= triesFor(again, hop) || signal.aborted) throw error
      await pause(again === 'soon' ? 150 : 1000, tries, signal)
    }
  }

  async #try(hop: SshHop, before: readonly SshHop[], signal: AbortSignal): Promise<Client | ConnectError> {
    try {
      return await this.#once(hop, before, signal)
    } catch (error) {
      if (error instanceof ConnectError) return error
      throw error
    }
  }

  async #once(hop: SshHop, before: readonly SshHop[], signal: AbortSignal): Promise<Client> {
    const sock = await this.#socket(hop, before, signal)
    return connectClient(hop, sock, { context: this.#context, signal })
  }

  async #socket(hop: SshHop, before: readonly SshHop[], signal: AbortSignal): Promise<Duplex | undefined> {
    if (hop.proxyCommand) return throughCommand(hop.proxyCommand)
    const nearest = before.at(-1)
    if (!nearest) return undefined
    const jump = await this.#jump(before, signal)
    return forward(jump, { hop, nearest })
  }

  #jump(hops: readonly SshHop[], signal: AbortSignal): Promise<Client> {
    const key = placeOf(hops)
    return oncePer(this.#jumps, key, () => {
      const dialing = this.dial(hops, signal)
      const forget = () => void (this.#jumps.get(key) === dialing && this.#jumps.delete(key))
      dialing.then((client) => client.on('error', forget).once('close', forget), forget)
      return dialing
    })
  }
}

function triesFor(again: ConnectFailure['again'], { retries }: SshHop): number {
  if (again === 'never') return 1
  return again === 'soon' ? Math.max(triesWhenBusy, retries + 1) : retries + 1
}

const placeOf = (hops: readonly SshHop[]): string =>
  hops.map(({ user, hostname, port }) => `${user}@${hostname}:${port}`).join(' ')

function forward(jump: Client, { hop, nearest }: { hop: SshHop; nearest: SshHop }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      const why =
        cause instanceof Error ? cause.message.replace(/^\(SSH\) Channel open failure: /, '') : String(cause)
      const said = `${hopName(hop)} cannot be reached by way of ${hopName(nearest)}: ${why}.`
      reject(new ConnectError({ error: new HostError('unreachable', said, { cause }), again: 'maybe' }))
    }
    try {
      jump.forwardOut('127.0.0.1', 0, hop.hostname, hop.port, (error, channel) =>
        error ? fail(error) : resolve(channel),
      )
    } catch (error) {
      fail(error)
    }
  })
}

/** What `ProxyCommand` of ssh_config starts: its stdin and stdout stand for the network. */
function throughCommand(command: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'ignore'] })
  const duplex = Duplex.from({ readable: child.stdout, writable: child.stdin })
  child.on('error', (error) => duplex.destroy(error))
  duplex.once('close', () => child.kill())
  return duplex
}

/** Doubles with each try, up to ten seconds, with chance in it, so that hosts do not come back all at once. */
async function pause(baseMs: number, tries: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(10_000, baseMs * 2 ** (tries - 1))
  await sleep(longest * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined)
}
