import type { Spent } from '#model/cost.ts'
import type { Connect, Connection } from '#model/transport.ts'
import { countProcesses } from '#sdk/count-processes.ts'

/** Counts what is sent to each host, over all its connections. */
export class CostMeter {
  readonly #connections = new Map<string, Connection[]>()
  readonly #processes = new Map<string, number>()

  spent(host: string): Spent {
    const counts = (this.#connections.get(host) ?? []).map(({ count }) => count)
    return {
      flights: counts.reduce((sum, { flights }) => sum + flights, 0),
      bytes: counts.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
      processes: this.#processes.get(host) ?? 0,
    }
  }

  /** Connections as `connect` opens them, counted. */
  counting(connect: Connect): Connect {
    return async (address, signal) => {
      const { host } = address
      const connection = await connect(address, signal)
      this.#connections.set(host, [...(this.#connections.get(host) ?? []), connection])
      const note = (script: string) =>
        this.#processes.set(host, (this.#processes.get(host) ?? 0) + countProcesses(script))
      return {
        count: connection.count,
        get quickestAnswer() {
          return connection.quickestAnswer
        },
        send(frames) {
          for (const { script } of frames) note(script)
          return connection.send(frames)
        },
        stream(command) {
          note(command.script)
          return connection.stream(command)
        },
        upload: (upload) => connection.upload(upload),
        download(download) {
          note('cat')
          return connection.download(download)
        },
        reset: () => connection.reset(),
        close: () => connection.close(),
      }
    }
  }
}
