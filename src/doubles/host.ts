import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Store } from './store.ts'

/** The host that a double runs on. */
export class DoubleHost {
  /** `/` on a lab host; a folder where doubles are tried without one. */
  readonly root: string
  readonly folder: string
  readonly store: Store
  /** Milliseconds since 1970; one value for a whole call. */
  readonly now = Date.now()
  /** SHA-256 in hex of what was read from standard input. */
  inputDigest?: string
  readonly #input: string | undefined

  /** `input` stands for standard input, for a caller who is no process of its own. */
  constructor(root: string, input?: string) {
    this.root = root
    this.#input = input
    this.folder = join(root, 'var/lib/tsplay-lab/doubles')
    this.store = new Store(this.folder)
  }

  /** Where an absolute path of the host lies. */
  path(path: string): string {
    return join(this.root, path)
  }

  /** Without its domain. */
  async name(): Promise<string> {
    const file = await readFile(this.path('/etc/hostname'), 'utf8').catch(() => '')
    return (file.trim() || hostname()).split('.')[0] ?? ''
  }

  /** All of standard input; `inputDigest` is known from then on. */
  async stdin(): Promise<string> {
    const input = this.#input ?? (await text(process.stdin))
    // Few calls read, and loading this is a good part of a call.
    const { createHash } = await import('node:crypto')
    this.inputDigest = createHash('sha256').update(input).digest('hex')
    return input
  }
}
