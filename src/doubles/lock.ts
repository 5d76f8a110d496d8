import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Every change of a host's doubles happens in here: the state of one family may speak of another's. */
export const lockedDoubles = <Result>(root: string, work: () => Promise<Result>): Promise<Result> =>
  withLock(`tsplay-lab-doubles ${root}`, work)

/** For the faults: a double that answers may call another, which has to find its own fault meanwhile. */
export const lockedFaults = <Result>(root: string, work: () => Promise<Result>): Promise<Result> =>
  withLock(`tsplay-lab-faults ${root}`, work)

/**
 * Does something while no other process does that names the same lock. Waits as long as it takes.
 *
 * The lock is a listening socket in Linux' abstract namespace (unix(7)): the kernel gives it to one process and
 * takes it back when that process ends, however it ends, so there is no stale lock.
 */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const server = await take(`\0${name}`)
  try {
    return await work()
  } finally {
    server.close()
  }
}

async function take(path: string): Promise<Server> {
  for (;;) {
    const server = await listen(path)
    if (server) return server
    await sleep(2 + Math.random() * 8)
  }
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(path, () => resolve(server))
  })
}
