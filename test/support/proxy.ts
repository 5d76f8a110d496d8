import { connect, createServer, type Socket } from 'node:net'

export interface TestProxy {
  readonly port: number
  /** Bytes that went to the server so far, over all connections. */
  readonly sent: () => number
  /** Bursts to the server that followed bytes from it: the round trips of the dialogue. */
  readonly turns: () => number
  /**
   * Bursts to the server after a silence of one way there and back: what the client waited for, on a road with a
   * delay. What the two say at the same time adds none.
   */
  readonly waits: () => number
  readonly connections: () => number
  /** Cuts every connection at once. */
  cut(): void
  /** Cuts when so many more bytes have gone to the server; those up to there still arrive. */
  cutAfter(bytes: number): void
  /** Cuts so many connections as soon as they are made, as a server that is too busy does. */
  refuseNext(connections: number): void
  /** Stops passing anything on, without closing. */
  freeze(): void
  close(): Promise<void>
}

/** A TCP proxy on 127.0.0.1 that can delay and cut. `delayMs` is one way. */
export async function startProxy(target: number, options: { delayMs?: number } = {}): Promise<TestProxy> {
  const delayMs = options.delayMs ?? 0
  const pairs = new Set<readonly [Socket, Socket]>()
  const state = {
    sent: 0,
    turns: 0,
    waits: 0,
    connections: 0,
    left: Number.POSITIVE_INFINITY,
    refuse: 0,
    frozen: false,
  }
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }
  const later = (work: () => void) => (delayMs === 0 ? work() : void setTimeout(work, delayMs))

  const server = createServer({ noDelay: true }, (client) => {
    state.connections += 1
    client.on('error', () => undefined)
    if (state.refuse > 0) {
      state.refuse -= 1
      client.destroy()
      return
    }
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
    const pair = [client, upstream] as const
    pairs.add(pair)
    let serverSpoke = true
    let heard = 0
    client.on('data', (chunk) => {
      if (state.frozen) return
      const now = performance.now()
      if (now - heard >= delayMs * 1.9) state.waits += 1
      heard = now
      if (serverSpoke) state.turns += 1
      serverSpoke = false
      const part = chunk.subarray(0, state.left)
      state.sent += part.length
      state.left -= part.length
      const last = state.left <= 0
      later(() => {
        if (!last) upstream.write(part)
        // The server gets what was sent before the cut.
        else upstream.end(part, () => setTimeout(cut, 50))
      })
    })
    upstream.on('data', (chunk) => {
      if (state.frozen) return
      serverSpoke = true
      later(() => client.write(chunk))
    })
    for (const [from, to] of [pair, pair.toReversed()]) {
      from?.on('error', () => undefined)
      from?.on('close', () => later(() => to?.destroy()))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    sent: () => state.sent,
    turns: () => state.turns,
    waits: () => state.waits,
    connections: () => state.connections,
    cut,
    cutAfter: (bytes) => {
      state.left = bytes
    },
    refuseNext: (connections) => {
      state.refuse = connections
    },
    freeze: () => {
      state.frozen = true
    },
    close: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
