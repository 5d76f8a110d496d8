import { HostSession } from '#execute/host-session.ts'
import type { Frame } from '#model/transport.ts'
import { createMemoryConnect, type MemoryHandler } from '#transport/memory.ts'

/** A session with a host in memory, and the frames of each flight it was sent. */
export function memorySession(run: MemoryHandler): { session: HostSession; flights: (readonly Frame[])[] } {
  const flights: (readonly Frame[])[] = []
  const hosts = new Map([
    ['web1', { run, onFlight: (frames: readonly Frame[]) => void flights.push(frames) }],
  ])
  const connect = createMemoryConnect(hosts)
  const address = {
    host: 'web1',
    connection: 'memory',
    address: 'web1',
    connectTimeoutMs: 1000,
    retries: 0,
  } as const
  return { session: new HostSession('web1', () => connect(address, new AbortController().signal)), flights }
}
