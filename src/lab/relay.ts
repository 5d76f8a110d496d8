import { connect, type Socket } from 'node:net'
import type { Endpoint } from './lab-state.ts'
import { Road } from './road.ts'

/**
 * Handles connections by carrying their bytes to and from another address, unchanged, along a road. When one side
 * ends or breaks, so does the other.
 */
export function relayTo(target: Endpoint, road = new Road()): (client: Socket) => void {
  return (client) => {
    const host = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    for (const socket of [client, host]) road.add(socket)
    client.pipe(road.lane()).pipe(host)
    host.pipe(road.lane()).pipe(client)
    // A host that is down or reboots is no fault of the relay: the client sees its connection end.
    client.on('error', () => host.destroy())
    host.on('error', () => client.destroy())
    client.on('close', () => host.destroy())
    host.on('close', () => client.destroy())
  }
}
