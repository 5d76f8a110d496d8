import { createServer, type Server } from 'node:net'
import { HostError } from '#model/host-error.ts'
import type { LabPlan } from './lab-plan.ts'
import type { Endpoint } from './lab-state.ts'

export interface Endpoints {
  readonly endpoints: Readonly<Record<string, Endpoint>>
  /** Already listening; the caller hands them on or closes them. */
  readonly gates: readonly Gate[]
}

/** Where this machine comes in to a host. */
export interface Gate {
  readonly host: string
  /** Of the host: one of its `servedPorts`; absent for its SSH server. */
  readonly service?: number
  readonly server: Server
}

const ports = [2222, 22222, 42222]

/**
 * Listens on a loopback address for each host: 127.10.L.11, 127.10.L.12, …, with one L for the lab. L comes
 * from the lab's name, so that it is usually the same next time, and moves on when another lab has it. A service of a
 * double is on the host's address, at its own port; `hasServices` is false where hosts have no network of their own.
 */
export async function openEndpoints(plan: LabPlan, hasServices: boolean): Promise<Endpoints> {
  const first = Number.parseInt(plan.id.slice(-4), 16)
  for (const port of ports) {
    for (let step = 0; step < 8; step++) {
      const found = await listenAll(plan, { lab: ((first + step) % 254) + 1, port, hasServices })
      if (found) return found
    }
  }
  throw new HostError(
    'refused',
    `No loopback address is free for the lab on the ports ${ports.join(', ')}.`,
    {
      remedy: 'Find who listens there with `ss -ltn`.',
    },
  )
}

interface Try {
  readonly lab: number
  readonly port: number
  readonly hasServices: boolean
}

async function listenAll(plan: LabPlan, { lab, port, hasServices }: Try): Promise<Endpoints | undefined> {
  const wanted = plan.hosts.flatMap((host, index) => {
    const address = `127.10.${lab}.${11 + index}`
    const services = hasServices ? host.servedPorts : []
    return [
      { host: host.name, endpoint: { address, port } },
      ...services.map((service) => ({ host: host.name, service, endpoint: { address, port: service } })),
    ]
  })
  const opened = await Promise.all(
    wanted.map(async ({ endpoint, ...gate }) => ({ ...gate, server: await listen(endpoint) })),
  )
  const gates = opened.flatMap(({ server, ...gate }) => (server ? [{ ...gate, server }] : []))
  const ssh = wanted.filter((gate) => !('service' in gate))
  const endpoints = Object.fromEntries(ssh.map(({ host, endpoint }) => [host, endpoint]))
  if (gates.length === wanted.length) return { endpoints, gates }
  for (const { server } of gates) server.close()
  return undefined
}

function listen(endpoint: Endpoint): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Whoever connects before the keeper has taken over is told so at once.
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen({ host: endpoint.address, port: endpoint.port, backlog: 511, exclusive: true }, () =>
      resolve(server),
    )
  })
}
