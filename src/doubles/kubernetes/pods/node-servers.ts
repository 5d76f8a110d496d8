import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, createServer as createTcp, type Server, type Socket } from 'node:net'
import { certificateFor, fakeCertificate, ingress, type ReadCluster } from './ingress.ts'
import type { Listener, Place } from './node-plan.ts'
import { welcome } from './page.ts'

/** The servers of a node: those of its pods, and those that carry on to pods what comes for the address of a Service. */
export class NodeServers {
  readonly #read: ReadCluster
  readonly #running = new Map<string, Server>()

  constructor(read: ReadCluster) {
    this.#read = read
  }

  /** Lets these listen, and no others; what could not listen before is tried again. Connections that are open stay open. */
  become(listeners: readonly Listener[]): void {
    const wanted = new Map(listeners.map((one) => [JSON.stringify(one), one]))
    for (const [key, server] of this.#running) {
      if (wanted.has(key)) continue
      server.close()
      this.#running.delete(key)
    }
    for (const [key, listener] of wanted) {
      if (!this.#running.has(key)) this.#running.set(key, this.#start(key, listener))
    }
  }

  #start(key: string, listener: Listener): Server {
    const server = this.#make(listener)
    // An address that is not there yet: the next look tries again.
    server.on('error', (error) => {
      process.stderr.write(`E pods: ${key}: ${error.message}\n`)
      this.#running.delete(key)
    })
    return server.listen(listener.port, listener.address)
  }

  #make(listener: Listener): Server {
    if (listener.kind === 'forward') return createTcp((client) => carry(client, listener.to))
    if (listener.kind === 'page') return createHttp(welcome(listener.pod))
    if (!listener.isTls) return createHttp(ingress(this.#read))
    return createHttps(
      {
        ...fakeCertificate(),
        SNICallback: (host, answer) => {
          certificateFor(this.#read, host).then(
            (context) => answer(null, context),
            (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
          )
        },
      },
      ingress(this.#read),
    )
  }
}

let turn = 0

/** When one side ends or breaks, so does the other. */
function carry(client: Socket, places: readonly Place[]): void {
  turn += 1
  const place = places[turn % Math.max(places.length, 1)]
  if (!place) {
    client.destroy()
    return
  }
  const pod = connect({ host: place.address, port: place.port })
  client.pipe(pod).pipe(client)
  for (const [one, other] of [
    [client, pod],
    [pod, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}
