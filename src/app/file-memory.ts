import type { Stats } from 'node:fs'
import { FileSum } from './file-sum.ts'

/** All kept contents together may be so large, in bytes. */
const keptBytes = 32 << 20
/** Larger files are read for each who wants them. */
const smallFile = 256 << 10

/**
 * What a run knows of the controller's files, so that each is read once for all hosts. It is kept for a state of a file, told
 * by its size and times: a file that changes during the run is read anew.
 */
export class FileMemory {
  readonly #sums = new Map<string, FileSum>()
  readonly #encrypted = new Map<string, Promise<boolean>>()
  readonly #contents = new Map<string, Promise<Uint8Array>>()
  #bytes = 0

  /** The sum of a file in its present state, which is begun if it was not. */
  sum(path: string, status: Stats, algorithm: string): FileSum {
    const key = `${algorithm}\0${stateOf(path, status)}`
    const present = this.#sums.get(key)
    if (present) return present
    const sum = new FileSum(path, algorithm)
    this.#sums.set(key, sum)
    sum.onFailure(() => this.#sums.delete(key))
    return sum
  }

  isEncrypted(path: string, status: Stats, look: () => Promise<boolean>): Promise<boolean> {
    return remembered(this.#encrypted, stateOf(path, status), look)
  }

  /** The content must not be altered by who gets it. */
  content(path: string, status: Stats, read: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (status.size > smallFile) return read()
    return remembered(this.#contents, stateOf(path, status), () => {
      this.#makeRoom(status.size)
      return read()
    })
  }

  #makeRoom(size: number): void {
    if (this.#bytes + size > keptBytes) {
      this.#contents.clear()
      this.#bytes = 0
    }
    this.#bytes += size
  }
}

const stateOf = (path: string, { size, mtimeMs, ctimeMs, ino }: Stats): string =>
  `${size}\0${mtimeMs}\0${ctimeMs}\0${ino}\0${path}`

/** What failed is tried again by the next who asks. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const present = known.get(key)
  if (present !== undefined) return present
  const made = make()
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}
