import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Listener, RunEvent } from '#model/event.ts'

/** Events that only live displays need. */
const passing = new Set<RunEvent['type']>(['host_start', 'progress'])

/**
 * Records a run: one JSON event per line, appended as it happens, so that a killed run leaves all it did. The
 * events it hears are already masked. Throws when the folder cannot be written, before the run begins.
 */
export class EventFile implements Listener {
  readonly path: string
  readonly #stream: WriteStream
  #failure: Error | undefined

  constructor(stateFolder: string, run: string) {
    const folder = join(stateFolder, 'runs')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.path = join(folder, `${run}.jsonl`)
    this.#stream = createWriteStream(this.path, { flags: 'ax', mode: 0o600 })
    this.#stream.on('error', (error) => {
      this.#failure ??= error
    })
  }

  on(event: RunEvent): void {
    if (!passing.has(event.type)) this.#stream.write(`${JSON.stringify(event)}\n`)
  }

  /** Rejects when something could not be written. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#stream.once('close', resolve)
    this.#stream.end()
    if (!this.#stream.closed) await promise
    if (this.#failure) throw this.#failure
  }
}
