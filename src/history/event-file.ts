import { createWriteStream, existsSync, mkdirSync, type WriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Listener, RunEvent } from '#model/event.ts'
import type { RunOrigin } from '#model/run-record.ts'
import { eventJson } from './event-json.ts'
import { recordHead } from './record-head.ts'

/** Events that only live displays need. */
const passing = new Set<RunEvent['type']>(['host_start', 'progress'])

/** Where the records of a project lie. */
export const runsFolder = (stateFolder: string): string => join(stateFolder, 'runs')

/**
 * Records a run: a line that says what it is, then one JSON event per line, appended as it happens, so that a killed
 * run leaves all it did. The events it hears are already masked. Throws when the folder cannot be written, before
 * the run begins.
 */
export class EventFile implements Listener {
  readonly path: string
  readonly #stream: WriteStream
  #failure: Error | undefined

  constructor(stateFolder: string, run: string, origin: RunOrigin) {
    makeFolder(stateFolder)
    this.path = join(runsFolder(stateFolder), `${run}.jsonl`)
    this.#stream = createWriteStream(this.path, { flags: 'ax', mode: 0o600, flush: true })
    this.#stream.on('error', (error) => {
      this.#failure ??= error
    })
    this.#stream.write(`${JSON.stringify(recordHead(run, origin, new Date()))}\n`)
  }

  on(event: RunEvent): void {
    if (!passing.has(event.type)) this.#stream.write(`${eventJson(event)}\n`)
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

/** Output of hosts does not belong into the project's version control. */
function makeFolder(stateFolder: string): void {
  mkdirSync(runsFolder(stateFolder), { recursive: true, mode: 0o700 })
  const ignore = join(stateFolder, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
}
