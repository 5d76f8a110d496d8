import { Socket, type TcpNetConnectOpts } from 'node:net'
import { giveBack, isUsedOnce } from './used-once.ts'

/** Connects without waiting for it; what is written in one turn of the event loop leaves together. */
export function connectGathering(to: TcpNetConnectOpts): Socket {
  const socket = new GatheringSocket().setNoDelay().setKeepAlive(true)
  socket.connect(to)
  // `connect` has given it the plain `write` of all sockets.
  Reflect.deleteProperty(socket, 'write')
  return socket
}

/** So much is worth a system call of its own; the other end should not wait for more. */
const enoughBytes = 128 << 10

/** The system has the bytes when a write is over, with success or without. */
const done = (chunk: Uint8Array | string) => (isUsedOnce(chunk) ? [() => giveBack(chunk)] : undefined)

/**
 * A socket that sends what is written in one turn of the event loop together. ssh2 writes each packet in three
 * pieces, which would be three system calls and three packets on the network.
 */
class GatheringSocket extends Socket {
  #isGathering = false
  #gathered = 0

  override write(chunk: Uint8Array | string, ...more: unknown[]): boolean {
    this.#gather()
    const goesOn = Reflect.apply(super.write, this, [chunk, ...(done(chunk) ?? more)])
    this.#gathered += chunk.length
    if (this.#gathered >= enoughBytes) this.#send()
    return goesOn
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.cork()
    process.nextTick(() => this.#send())
  }

  #send(): void {
    if (!this.#isGathering) return
    this.#isGathering = false
    this.#gathered = 0
    this.uncork()
  }
}
