import type { Server } from 'node:net'

/** The TCP port that a server of this process listens on. */
export function listeningPort(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('It does not listen.')
  return address.port
}
