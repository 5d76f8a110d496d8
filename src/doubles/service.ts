import type { Double } from './double.ts'
import { toldToEnd } from './told-to-end.ts'

export interface Place {
  readonly address: string
  /** 0 for any that is free. */
  readonly port: number
}

/** What listens. Connections that are open end with it. */
interface Listening {
  close(): unknown
  closeAllConnections?(): void
}

interface ServiceDefinition {
  readonly name: string
  readonly cites: string
  readonly port: number
  /** Listens when it settles. `root` is where the host's files lie. */
  readonly serve: (root: string, place: Place) => Promise<Listening>
}

/** A double that is a service: it listens, on another port when one is given, until it is told to end. */
export const defineService = ({ name, cites, port: usual, serve }: ServiceDefinition): Double => ({
  name,
  cites,
  async answer({ root }, [port = String(usual)]) {
    const server = await serve(root, { address: '0.0.0.0', port: Number(port) })
    await toldToEnd()
    server.close()
    server.closeAllConnections?.()
    return {}
  },
})
