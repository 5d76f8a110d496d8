import { userInfo } from 'node:os'
import { interruption } from '#model/host-error.ts'
import type { Connect, HostAddress } from '#model/transport.ts'
import { HostConnection } from './host-connection.ts'
import { LocalRoad } from './local-road.ts'
import { createMemoryConnect, type MemoryHost } from './memory.ts'
import type { SshWays } from './ssh-ways.ts'
import type { Way } from './wire.ts'

export interface ConnectorOptions {
  /** The controller's environment: SSH_AUTH_SOCK, and what local shells inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `.ssh` is. */
  readonly homeDirectory: string
  /** Things a user should know that stop nothing. Each text is given once. */
  readonly onWarning?: (message: string) => void
  /** Connection attempts under way at one time to one address and port. Default 8, below sshd's MaxStartups. */
  readonly maxConnectsPerAddress?: number
  /** How often a silent server is asked whether it is there; four silences in a row end a connection. Default 15 s. */
  readonly keepaliveMs?: number
  /** The hosts of `connection: memory`. */
  readonly memoryHosts?: ReadonlyMap<string, MemoryHost>
}

export interface Connector {
  readonly connect: Connect
  /** Ends every connection and jump. Idempotent; never rejects. */
  close(): Promise<void>
}

/** Opens connections of every kind; holds what they share (keys, known hosts, jumps) until it is closed. */
export function createConnector(options: ConnectorOptions): Connector {
  const memory = createMemoryConnect(options.memoryHosts ?? new Map())
  let ssh: Promise<SshWays> | undefined
  const open = new Set<HostConnection>()
  const sshWay = async (address: HostAddress, signal: AbortSignal) => {
    ssh ??= loadSsh(options)
    return (await ssh).to(address, signal)
  }
  const connect: Connect = async (address, signal) => {
    if (signal.aborted) throw interruption()
    if (address.connection === 'memory') return memory(address, signal)
    const way = address.connection === 'local' ? localWay(address, options) : await sshWay(address, signal)
    const connection = new HostConnection(await way.openRoad(), {
      ...way,
      readyTimeoutMs: readyTimeout(address),
      ...(address.shellExecutable && { shell: address.shellExecutable }),
    })
    const abort = () => void connection.abort(interruption())
    signal.addEventListener('abort', abort, { once: true })
    open.add(connection)
    void connection.closed.then(() => {
      signal.removeEventListener('abort', abort)
      open.delete(connection)
    })
    return connection
  }
  const close = async () => {
    await Promise.all([...open].map((connection) => connection.close()))
    await (await ssh)?.close()
  }
  return { connect, close }
}

function localWay(address: HostAddress, { env, homeDirectory }: ConnectorOptions): Way {
  const openRoad = async () => new LocalRoad({ name: address.host, env, homeDirectory })
  return { openRoad, loginUser: userInfo().username }
}

/** Loading ssh2 takes some 100 ms, which runs without it need not pay. */
async function loadSsh(options: ConnectorOptions): Promise<SshWays> {
  const { SshWays: Ways } = await import('./ssh-ways.ts')
  return new Ways(options)
}

/** Login files and sudo's own questions (LDAP, say) are slower than the network. */
const readyTimeout = ({ connectTimeoutMs }: HostAddress): number => Math.max(30_000, connectTimeoutMs)
