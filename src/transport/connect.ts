import { userInfo } from 'node:os'
import { HostError } from '#model/host-error.ts'
import type { Connect, Connection, HostAddress } from '#model/transport.ts'
import { HostConnection } from './host-connection.ts'
import { LocalRoad } from './local-road.ts'
import { createMemoryConnect, type MemoryHost } from './memory.ts'
import type { Road } from './wire.ts'

export interface ConnectorOptions {
  /** The controller's environment: SSH_AUTH_SOCK, and what local shells inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `~/.ssh` is. */
  readonly homeDirectory: string
  /** Things a user should know that stop nothing. Each text is given once. */
  readonly onWarning?: (message: string) => void
  /** Connection attempts under way at one time to one address and port. Default 8 (sshd's MaxStartups). */
  readonly maxConnectsPerAddress?: number
  /** Hosts of `connection: memory`. */
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
  const open = new Set<Connection>()
  const connect: Connect = async (address, signal) => {
    if (signal.aborted) throw stoppedError()
    if (address.connection === 'memory') return memory(address, signal)
    const connection = await connectRoad(address, signal, options)
    open.add(connection)
    return connection
  }
  const close = async () => {
    await Promise.all([...open].map((connection) => connection.close()))
  }
  return { connect, close }
}

async function connectRoad(
  address: HostAddress,
  signal: AbortSignal,
  options: ConnectorOptions,
): Promise<HostConnection> {
  const openRoad = async (): Promise<Road> => new LocalRoad({ name: address.host, ...options })
  const connection = new HostConnection(await openRoad(), {
    openRoad,
    loginUser: userInfo().username,
    readyTimeoutMs: address.connectTimeoutMs,
  })
  signal.addEventListener('abort', () => void connection.abort(stoppedError()), { once: true })
  return connection
}

const stoppedError = (): HostError => new HostError('connection-lost', 'The run was stopped.')
