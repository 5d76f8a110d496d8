import type { Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** How the road between this machine and a host's SSH server is. */
export interface RoadState {
  /** Added to each direction. */
  readonly delayMs: number
  /** In each direction of each connection; without end when absent. */
  readonly bytesPerSecond?: number
  /** A random time up to this is added to each piece, so that those of several connections overtake each other. */
  readonly reorderMs: number
  /** Nothing arrives, and nobody is told; what is under way arrives when the road is whole again. */
  readonly isCut: boolean
}

/** A wish to change it. What is absent stays. */
export type RoadChange = Partial<RoadState> & {
  /** As when the lab came up. */
  readonly clear?: boolean
  /** Ends all connections there are now. */
  readonly drop?: boolean
}

/** What is under way at most; a real road holds no more than its bandwidth allows either. */
const limit = 4 * 2 ** 20

/** One host's road. Its state holds for connections that are open already. */
export class Road {
  readonly #usual: RoadState
  #state: RoadState
  #mended = Promise.withResolvers<void>()
  readonly #sockets = new Set<Socket>()

  constructor(delayMs = 0) {
    this.#usual = { delayMs, reorderMs: 0, isCut: false }
    this.#state = this.#usual
  }

  get state(): RoadState {
    return this.#state
  }

  change({ clear, drop, ...change }: RoadChange): void {
    this.#state = { ...(clear ? this.#usual : this.#state), ...change }
    if (!this.#state.isCut) {
      this.#mended.resolve()
      this.#mended = Promise.withResolvers()
    }
    if (drop) for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Counts a connection among those that can be dropped, for as long as it is open. */
  add(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  /** One direction of one connection: passes bytes on, unchanged and in order, when they have come all the way. */
  lane(): Transform {
    let underWay = 0
    let freeAt = 0
    let resume: (() => void) | undefined
    let last = Promise.resolve()
    const arrive = (bytes: number): Promise<void> => {
      const { bytesPerSecond, delayMs, reorderMs } = this.#state
      const now = performance.now()
      freeAt = Math.max(freeAt, now) + (bytesPerSecond === undefined ? 0 : (1000 * bytes) / bytesPerSecond)
      const wait = freeAt - now + delayMs + Math.random() * reorderMs
      const before = last
      const travel = async (): Promise<void> => {
        await Promise.all([before, wait > 0 && sleep(wait)])
        while (this.#state.isCut) await this.#mended.promise
      }
      last = travel()
      return last
    }
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        underWay += chunk.length
        void arrive(chunk.length).then(() => {
          underWay -= chunk.length
          if (!this.destroyed) this.push(chunk)
          // What follows may come to the limit again at once.
          const next = resume
          resume = undefined
          next?.()
        })
        if (underWay < limit) done()
        else resume = done
      },
      flush(done) {
        void arrive(0).then(() => done())
      },
    })
  }
}
