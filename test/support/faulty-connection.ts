import { setTimeout as sleep } from 'node:timers/promises'
import { HostError } from '#model/host-error.ts'
import type { Connection, FrameResult } from '#model/transport.ts'

/** What goes wrong on one connection. */
export interface Faults {
  /** Before this frame is sent, or a little after it has been, the connection breaks. Transfers count as frames. */
  readonly cut?: { readonly frame: number; readonly when: 'before' | 'after' }
  /** A number from 0 to 1, new each time: how late answers are. Each shell and channel is late by itself. */
  readonly random: () => number
}

const mostDelayMs = 6

/** The connection with its faults. Once it has broken nothing can be sent over it. */
export function faulty(connection: Connection, { cut, random }: Faults): Connection {
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  let isBroken = false
  let frames = 0
  const late = () => sleep(random() * mostDelayMs)
  const breakNow = () => {
    isBroken = true
    broken.reject(new HostError('connection-lost', 'The connection broke.'))
    void connection.close()
  }
  /** Counts what is about to be sent; false when it cannot be. */
  const leaves = (count: number): boolean => {
    const isCut = cut && cut.frame >= frames && cut.frame < frames + count
    frames += count
    if (isCut && cut.when === 'before') breakNow()
    else if (isCut) void late().then(breakNow)
    return !isBroken
  }
  const refused = () => new HostError('unreachable', 'The connection is gone.')
  return {
    count: connection.count,
    get quickestAnswer() {
      return connection.quickestAnswer
    },
    send(sent) {
      if (!leaves(sent.length)) return sent.map(() => rejected(refused()))
      let last: Promise<unknown> = Promise.resolve()
      return connection.send(sent).map((result) => {
        const mine = last.then(async (): Promise<FrameResult> => {
          const found = await result
          await late()
          return found
        })
        last = mine.catch(() => undefined)
        return handled(Promise.race([mine, broken.promise]))
      })
    },
    async upload(upload) {
      if (!leaves(1)) throw refused()
      await Promise.race([connection.upload(upload).then(late), broken.promise])
    },
    async *download(download) {
      if (!leaves(1)) throw refused()
      yield* connection.download(download)
    },
    stream(command) {
      if (!leaves(1)) return { stdout: nothing(), exit: rejected(refused()) }
      const { stdout, exit } = connection.stream(command)
      const end = exit.then(async (found) => {
        await late()
        return found
      })
      return { stdout, exit: handled(Promise.race([end, broken.promise])) }
    },
    reset: () => connection.reset(),
    close: () => connection.close(),
  }
}

const rejected = (error: Error): Promise<never> => handled(Promise.reject(error))

function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* []
}
