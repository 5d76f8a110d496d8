import { connect, type Socket } from 'node:net'
import type { Endpoint } from './lab-state.ts'

/**
 * Handles connections by carrying their bytes to and from another address, unchanged and without delay.
 * When one side ends or breaks, so does the other.
 */
export function relayTo(target: Endpoint): (client: Socket) => void {
  return (client) => {
    const host = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    client.pipe(host)
    host.pipe(client)
    // A host that is down or reboots is no fault of the relay: the client sees its connection end.
    client.on('error', () => host.destroy())
    host.on('error', () => client.destroy())
    client.on('close', () => host.destroy())
    host.on('close', () => client.destroy())
  }
}
