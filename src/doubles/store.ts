import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The state that the programs of one family share. */
export interface StateKind<State> {
  /** Also the name of its file. */
  readonly family: string
  readonly initial: () => State
  /** Users other than root may change it too, where the file lets them. */
  readonly isOpen?: true
  /** Whether a file's content is such a state. */
  readonly isState: (value: unknown) => value is State
}

interface Opened {
  readonly state: unknown
  readonly before: string | undefined
  readonly isOpen: boolean
}

/**
 * The states of one host, as JSON files. What is opened may be changed in place; `save` writes what differs.
 * Only for those who hold the host's lock.
 */
export class Store {
  readonly #folder: string
  readonly #opened = new Map<string, Opened>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async open<State>(kind: StateKind<State>): Promise<State> {
    const known = this.#opened.get(kind.family)?.state
    if (kind.isState(known)) return known
    const before = await readFile(this.#file(kind.family), 'utf8').catch(orAbsent)
    const state: unknown = before === undefined ? kind.initial() : JSON.parse(before)
    if (!kind.isState(state))
      throw new Error(`${this.#file(kind.family)} does not hold the state of a double.`)
    this.#opened.set(kind.family, { state, before, isOpen: kind.isOpen ?? false })
    return state
  }

  /** Each file is replaced as a whole, but for open ones: a call that is killed leaves the state before or after it. */
  async save(): Promise<void> {
    for (const [family, { state, before, isOpen }] of this.#opened) {
      const text = `${JSON.stringify(state, undefined, 1)}\n`
      if (text === before) continue
      await mkdir(this.#folder, { recursive: true })
      if (isOpen) {
        // In place: who may write the file may not replace it.
        await writeFile(this.#file(family), text, { mode: 0o666 })
        continue
      }
      await writeFile(`${this.#file(family)}.new`, text, { mode: 0o600 })
      await rename(`${this.#file(family)}.new`, this.#file(family))
    }
  }

  #file(family: string): string {
    return join(this.#folder, `${family}.json`)
  }
}

function orAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}

/** For `isState`: an object with these keys. */
export const hasKeys = (value: unknown, ...keys: readonly string[]): value is object =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value)
