import { statSync } from 'node:fs'
import type { VaultId } from '#app/requests.ts'
import { showDiagnostics } from '#app/show-diagnostics.ts'
import type { Terminal } from '#base/terminal.ts'
import type { ScheduleFile } from '#model/schedule.ts'
import { UsageError } from '#model/usage-error.ts'
import { type ReadSchedules, readSchedules } from './read-schedules.ts'

/** A `schedules.yml` that is read again when it changes. One that cannot be used leaves the one before in force. */
export class ScheduleWatch {
  file: ScheduleFile | undefined
  /** Why the file as it is now is not in force. */
  problem: string | undefined
  readonly #path: string
  readonly #vault: readonly VaultId[]
  readonly #terminal: Terminal
  #seen = ''

  constructor(path: string, vault: readonly VaultId[], terminal: Terminal) {
    this.#path = path
    this.#vault = vault
    this.#terminal = terminal
  }

  /** Reads the file if it is another than before. Tells whether it did. */
  async refresh(): Promise<boolean> {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    const seen = found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'gone'
    if (seen === this.#seen) return false
    this.#seen = seen
    const read = await this.#read()
    this.problem = read?.file ? undefined : `${this.#path} cannot be used as it is now.`
    if (read?.file) this.file = read.file
    else this.#terminal.notice(`error: ${this.problem}`)
    return true
  }

  /** The next look reads the file, whatever it looks like. */
  forget(): void {
    this.#seen = ''
  }

  async #read(): Promise<ReadSchedules | undefined> {
    try {
      const read = await readSchedules(this.#path, this.#vault)
      showDiagnostics({ ...read, project: { sources: read.sources } }, this.#terminal)
      return read
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      this.#terminal.notice(`error: ${error.message}`)
      return undefined
    }
  }
}
