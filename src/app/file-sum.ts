import { createHash } from 'node:crypto'
import { openly } from './openly.ts'
import { readInTurns } from './read-in-turns.ts'
import { spareTime } from './spare-time.ts'
import { unreadable } from './unreadable.ts'

/** A file's sum while it is made: in spare time, until somebody waits for it. */
export class FileSum {
  readonly #sum: Promise<string>
  #isWanted = false

  constructor(path: string, algorithm: string) {
    this.#sum = openly(() => this.#make(path, algorithm))
    // Who waits for it hears of it.
    this.#sum.catch(() => undefined)
  }

  /** Lower-case hex. Throws TaskFailure when the file cannot be read. */
  wait(): Promise<string> {
    this.#isWanted = true
    return this.#sum
  }

  onFailure(listener: () => void): void {
    this.#sum.catch(listener)
  }

  async #make(path: string, algorithm: string): Promise<string> {
    const hash = createHash(algorithm)
    try {
      for await (const piece of readInTurns(path)) {
        hash.update(piece)
        if (!this.#isWanted) await spareTime(() => this.#isWanted)
      }
    } catch (error) {
      unreadable(path, error)
    }
    return hash.digest('hex')
  }
}
