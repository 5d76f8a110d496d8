import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { delayed } from './delayed.ts'
import type { Endpoint } from './lab-state.ts'

/**
 * Handles connections by carrying their bytes to and from another address, unchanged; each direction takes
 * `latencyMs`. When one side ends or breaks, so does the other.
 */
export function relayTo(target: Endpoint, latencyMs = 0): (client: Socket) => void {
  return (client) => {
    const host = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    carry(client, host, latencyMs)
    carry(host, client, latencyMs)
    // A host that is down or reboots is no fault of the relay: the client sees its connection end.
    client.on('error', () => host.destroy())
    host.on('error', () => client.destroy())
    client.on('close', () => host.destroy())
    host.on('close', () => client.destroy())
  }
}

function carry(from: Socket, to: Socket, latencyMs: number): void {
  if (latencyMs === 0) from.pipe(to)
  // Errors are seen on both sockets themselves.
  else pipeline(from, delayed(latencyMs), to, () => undefined)
}
