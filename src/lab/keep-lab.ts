import { Server } from 'node:net'
import type { LabBackend } from './backend.ts'
import { backendOf } from './backends.ts'
import { readGiven } from './host-given.ts'
import { serveKeeper } from './keeper-control.ts'
import { KeptHost } from './kept-host.ts'
import { type HostRuntime, identify, type LabState, readState, runtimeFile, writeJson } from './lab-state.ts'
import { relayTo } from './relay.ts'
import { Road } from './road.ts'
import { serveFolders } from './serve-folders.ts'

/** The file that `node` is given to run a lab's keeper. */
export const keeperFile = import.meta.filename

type Roads = ReadonlyMap<string, Road>

/** With a listening socket beside it: connections there are for this host. */
export interface RelayMessage {
  readonly relay: string
  /** A port of the host; absent for its SSH server. */
  readonly service?: number
}

/**
 * The one process of a lab besides its hosts. It builds and starts them, starts them again when they reboot,
 * carries connections from this machine's loopback to their SSH servers and services, and serves their packages.
 *
 * It runs inside the lab's network and in a mount namespace of its own, so that the hosts' file systems are
 * unmounted when it ends, however it ends. The sockets it listens on come from outside, through `up`.
 */
async function keepLab(folder: string): Promise<void> {
  const state = await readState(folder)
  if (!state) throw new Error(`There is no lab in ${folder}.`)
  const backend = backendOf(state.backend)
  const roads = new Map(state.plan.hosts.map(({ name, latencyMs }) => [name, new Road(latencyMs)]))
  await acceptRelays(state, backend, roads)
  await backend.open(state)
  const address = backend.packageAddress(state.plan)
  if (address !== undefined) await serveFolders(state.packages, address)
  await keepHosts(state, backend, roads)
}

/** Settles when there is a relay for every SSH server and service, which is told to `up` by hanging up. */
function acceptRelays(state: LabState, backend: LabBackend, roads: Roads): Promise<void> {
  const hosts = new Map(state.plan.hosts.map((host) => [host.name, host]))
  const missing = new Set(
    state.plan.hosts.flatMap(({ name, servedPorts }) => [
      gateName({ relay: name }),
      ...(backend.hasOwnNetwork ? servedPorts : []).map((service) => gateName({ relay: name, service })),
    ]),
  )
  return new Promise((resolve, reject) => {
    process.once('disconnect', () => {
      if (missing.size === 0) resolve()
      else reject(new Error('The process that started the keeper has ended too early.'))
    })
    process.on('message', (message: RelayMessage, server: unknown) => {
      const host = hosts.get(message.relay)
      if (!host || !(server instanceof Server)) throw new Error(`Not a relay: ${JSON.stringify(message)}`)
      const { service } = message
      const target =
        service === undefined ? backend.sshServer(state, host) : { address: host.address, port: service }
      server.on('connection', relayTo(target, roads.get(host.name)))
      missing.delete(gateName(message))
      // Not at once: Node.js is still busy with the channel while it delivers what had to wait.
      if (missing.size === 0) setImmediate(() => process.disconnect())
    })
  })
}

const gateName = ({ relay, service }: RelayMessage): string => `${relay}:${service ?? 'ssh'}`

async function keepHosts(state: LabState, backend: LabBackend, roads: Roads): Promise<void> {
  const keeper = await identify(process.pid)
  const runtimes = Object.fromEntries(
    state.plan.hosts.map(({ name }) => [name, { startedAt: Date.now(), starts: 0 }]),
  )
  // One write after the other, each with the newest state.
  let writing = Promise.resolve()
  const write = () => {
    writing = writing.then(() => writeJson(runtimeFile(state.plan.state), { keeper, hosts: runtimes }))
    return writing
  }
  await write()
  const given = await readGiven(state.plan)
  const hosts = new Map<string, KeptHost>()
  for (const host of state.plan.hosts) {
    const changed = (change: HostRuntime) => {
      runtimes[host.name] = change
      return write()
    }
    hosts.set(host.name, new KeptHost({ backend, state, host, given: given(host), changed }))
  }
  await serveKeeper(state.plan, {
    reset: ({ host }) => named(hosts, host).reset(),
    freeze: ({ host }) => named(hosts, host).freeze(),
    thaw: ({ host }) => named(hosts, host).thaw(),
    kill: ({ host }) => named(hosts, host).kill(),
    reboot: ({ host, upSeconds }) => named(hosts, host).reboot(upSeconds),
    road: async ({ host, road = {} }) => named(roads, host).change(road),
  })
  await Promise.all([...hosts.values()].map((host) => host.start()))
}

function named<Thing>(all: ReadonlyMap<string, Thing>, name: string): Thing {
  const found = all.get(name)
  if (!found) throw new Error(`The lab has no host "${name}".`)
  return found
}

if (import.meta.main) await keepLab(process.argv[2] ?? '')
