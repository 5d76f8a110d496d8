import { Server } from 'node:net'
import { identify, type LabState, readState, runtimeFile, writeJson } from './lab-state.ts'
import { relayTo } from './relay.ts'
import { serveFolder } from './serve-folder.ts'
import { superviseHost } from './supervise-host.ts'

/** The file that `node` is given to run a lab's keeper. */
export const keeperFile = import.meta.filename

/** With a listening socket beside it: connections there are for this host. */
export interface RelayMessage {
  readonly relay: string
}

/**
 * The one process of a lab besides its hosts. It starts them, starts them again when they reboot, carries
 * connections from this machine's loopback to their SSH servers, and serves their packages.
 *
 * It runs inside the lab's network and in a mount namespace of its own, so that the hosts' file systems are
 * unmounted when it ends, however it ends. The sockets it listens on come from outside, through `up`.
 */
async function keepLab(folder: string): Promise<void> {
  const state = await readState(folder)
  if (!state) throw new Error(`There is no lab in ${folder}.`)
  await acceptRelays(state)
  await serveFolder(state.packages, state.plan.gateway)
  await superviseAll(state)
}

/** Settles when there is a relay for every host, which is told to `up` by hanging up. */
function acceptRelays(state: LabState): Promise<void> {
  const missing = new Map(state.plan.hosts.map((host) => [host.name, host]))
  return new Promise((resolve, reject) => {
    process.once('disconnect', () => {
      if (missing.size === 0) resolve()
      else reject(new Error('The process that started the keeper has ended too early.'))
    })
    process.on('message', (message: RelayMessage, server: unknown) => {
      const host = missing.get(message.relay)
      if (!host || !(server instanceof Server)) throw new Error(`Not a relay: ${JSON.stringify(message)}`)
      server.on('connection', relayTo({ address: host.address, port: 22 }))
      missing.delete(host.name)
      // Not at once: Node.js is still busy with the channel while it delivers what had to wait.
      if (missing.size === 0) setImmediate(() => process.disconnect())
    })
  })
}

async function superviseAll(state: LabState): Promise<void> {
  const keeper = await identify(process.pid)
  const hosts = Object.fromEntries(
    state.plan.hosts.map(({ name }) => [name, { startedAt: Date.now(), starts: 0 }]),
  )
  const runtime = { keeper, hosts }
  // One write after the other, each with the newest state.
  let writing = Promise.resolve()
  const write = () => {
    writing = writing.then(() => writeJson(runtimeFile(state.plan.state), runtime))
    return writing
  }
  await write()
  const supervised = state.plan.hosts.map((host) =>
    superviseHost({ lab: state.plan.id, host, imageRoot: state.imageRoot }, async (change) => {
      hosts[host.name] = change
      await write()
    }),
  )
  await Promise.all(supervised)
}

if (import.meta.main) await keepLab(process.argv[2] ?? '')
