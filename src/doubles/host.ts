import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
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
  readonly #input: string | Uint8Array | undefined

  /** `input` stands for standard input, for a caller who is no process of its own. */
  constructor(root: string, input?: string | Uint8Array) {
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

  /** All of standard input as text; `inputDigest` is known from then on. */
  async stdin(): Promise<string> {
    return (await this.stdinBytes()).toString('utf8')
  }

  /** All of standard input as it is; `inputDigest` is known from then on. */
  async stdinBytes(): Promise<Buffer> {
    const input = this.#input === undefined ? await buffer(process.stdin) : Buffer.from(this.#input)
    // Few calls read, and loading this is a good part of a call.
    const { createHash } = await import('node:crypto')
    this.inputDigest = createHash('sha256').update(input).digest('hex')
    return input
  }
}
