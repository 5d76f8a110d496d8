import type { FlightRecord } from '#model/flight.ts'
import type { Connect, Connection, Frame } from '#model/transport.ts'

type OnFlight = (flight: FlightRecord) => void

/** Connections as `connect` opens them; each thing a host is waited for is told when it is over. */
export function watchFlights(connect: Connect, onFlight: OnFlight): Connect {
  return async (address, signal) => {
    const { host } = address
    const connecting = begin(onFlight, { host, kind: 'connect', frames: 0 })
    try {
      return watched(host, await connect(address, signal), onFlight)
    } finally {
      connecting(0)
    }
  }
}

/** Gives what ends it, with the bytes that went. */
function begin(
  onFlight: OnFlight,
  flight: Pick<FlightRecord, 'host' | 'kind' | 'as' | 'frames'>,
): (bytes: number) => void {
  const startMs = performance.now()
  return (bytes) => onFlight({ ...flight, bytes, startMs, endMs: performance.now() })
}

function watched(host: string, connection: Connection, onFlight: OnFlight): Connection {
  const file = (kind: 'upload' | 'download' | 'stream', as: string | undefined) =>
    begin(onFlight, { host, kind, frames: 1, ...(as !== undefined && { as }) })
  return {
    count: connection.count,
    get quickestAnswer() {
      return connection.quickestAnswer
    },
    send(frames) {
      const results = connection.send(frames)
      for (const [as, indices] of byUser(frames)) {
        const end = begin(onFlight, {
          host,
          kind: 'flight',
          frames: indices.length,
          ...(as !== '' && { as }),
        })
        const bytes = indices.reduce((sum, i) => sum + Buffer.byteLength(frames[i]?.script ?? ''), 0)
        void Promise.allSettled(indices.map((i) => results[i])).then(() => end(bytes))
      }
      return results
    },
    async upload(upload) {
      const end = file('upload', upload.as?.user)
      let sent = upload.size ?? 0
      const onProgress = (bytes: number) => {
        sent = bytes
        upload.onProgress?.(bytes)
      }
      await connection.upload({ ...upload, onProgress }).finally(() => end(sent))
    },
    async *download(download) {
      const end = file('download', download.as?.user)
      let bytes = 0
      try {
        for await (const piece of connection.download(download)) {
          bytes += piece.length
          yield piece
        }
      } finally {
        end(bytes)
      }
    },
    stream(command) {
      const end = file('stream', command.as?.user)
      const stream = connection.stream(command)
      const over = () => end(Buffer.byteLength(command.script))
      stream.exit.then(over, over)
      return stream
    },
    reset: () => connection.reset(),
    close: () => connection.close(),
  }
}

/** Each user has a shell of its own, and what goes to one shell is one flight. */
function byUser(frames: readonly Frame[]): ReadonlyMap<string, readonly number[]> {
  return Map.groupBy(frames.keys(), (i) => frames[i]?.as?.user ?? '')
}
