import { createSocket, type Socket } from 'node:dgram'

/** Where speakers hear each other: https://metallb.io/#requirements */
const usualPort = 7946
/** memberlist's `DefaultLANConfig`: a probe each second, and after one that failed four seconds of suspicion. */
const probeMs = 1000
const patienceMs = 6000

/** Another node, and where it listens when that is not usual. */
export interface Peer {
  readonly name: string
  readonly address: string
  readonly port?: number
}

/**
 * Which nodes are alive, as MetalLB's speakers learn it: by asking each other, since the cluster takes a silent node for well
 * for 40 s (https://metallb.io/concepts/layer2/: "the failed node is detected using memberlist").
 */
export class Members {
  readonly #socket: Socket
  readonly #timer: NodeJS.Timeout
  readonly #own: string
  /** Of the nodes that have answered, when they last did; of others, nothing. */
  readonly #heard = new Map<string, number>()
  #peers: readonly Peer[] = []

  /** Asks and answers until `stop`. `own` is the name of this node, which is always alive. */
  constructor(own: string, port = usualPort) {
    this.#own = own
    this.#socket = createSocket('udp4')
    // A host that is gone is heard of here, too: it is silent, which is all that counts.
    this.#socket.on('error', (error) => process.stderr.write(`E members: ${error.message}\n`))
    this.#socket.on('message', (message, from) => this.#hear(String(message), from))
    this.#socket.bind(port)
    this.#timer = setInterval(() => this.#probe(), probeMs)
  }

  /** The other nodes of the cluster. */
  know(peers: readonly Peer[]): void {
    this.#peers = peers.filter(({ name }) => name !== this.#own)
  }

  /** Those that have answered of late, this one included. */
  alive(now = performance.now()): ReadonlySet<string> {
    const heard = [...this.#heard].filter(([, last]) => now - last < patienceMs)
    return new Set([this.#own, ...heard.map(([name]) => name)])
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#socket.close()
  }

  #probe(): void {
    for (const { address, port = usualPort } of this.#peers)
      this.#socket.send('ping', port, address, silently)
  }

  #hear(message: string, { address, port }: { readonly address: string; readonly port: number }): void {
    if (message === 'ping') this.#socket.send(`ack ${this.#own}`, port, address, silently)
    const [, name] = /^ack (.+)$/.exec(message) ?? []
    if (name !== undefined) this.#heard.set(name, performance.now())
  }
}

/** What cannot be sent is not answered. */
const silently = (): void => undefined
