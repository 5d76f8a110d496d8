import { createServer, type Server } from 'node:net'
import { HostError } from '#model/host-error.ts'
import type { LabPlan } from './lab-plan.ts'
import type { Endpoint } from './lab-state.ts'

export interface Endpoints {
  readonly endpoints: Readonly<Record<string, Endpoint>>
  /** Already listening; the caller hands them on or closes them. */
  readonly servers: ReadonlyMap<string, Server>
}

const ports = [2222, 22222, 42222]

/**
 * Listens on a loopback address for each host: 127.10.L.11, 127.10.L.12, …, with one L for the lab. L comes
 * from the lab's name, so that it is usually the same next time, and moves on when another lab has it.
 */
export async function openEndpoints(plan: LabPlan): Promise<Endpoints> {
  const first = Number.parseInt(plan.id.slice(-4), 16)
  for (const port of ports) {
    for (let step = 0; step < 8; step++) {
      const found = await listenAll(plan, ((first + step) % 254) + 1, port)
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

async function listenAll(plan: LabPlan, lab: number, port: number): Promise<Endpoints | undefined> {
  const endpoints = plan.hosts.map(
    (host, index) => [host.name, { address: `127.10.${lab}.${11 + index}`, port }] as const,
  )
  const opened = await Promise.all(
    endpoints.map(async ([name, endpoint]) => [name, await listen(endpoint)] as const),
  )
  const servers = new Map(opened.flatMap(([name, server]) => (server ? [[name, server] as const] : [])))
  if (servers.size === endpoints.length) return { endpoints: Object.fromEntries(endpoints), servers }
  for (const server of servers.values()) server.close()
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
