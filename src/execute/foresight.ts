import type { Resource } from '#model/change.ts'
import { quote } from '#sdk/quote.ts'
import type { FactStore, KnownAnswer } from './fact-store.ts'
import type { Question } from './host-reader.ts'
import { isNamedBy, touches } from './resources.ts'

/** What has to hold on the host for an answer to be what is expected: a script that ends with 0. */
export interface Expectation {
  readonly check: string
  /** Kept by the shell before the first change, for the check to compare with. */
  readonly note?: { readonly name: string; readonly script: string }
}

export interface Foreseen {
  readonly value: unknown
  readonly expects?: Expectation
}

interface Foretold {
  readonly value: unknown
  readonly reads: readonly Resource[]
  readonly check: string
}

export interface Telling {
  /** The question's id. */
  readonly id: string
  readonly value: unknown
  readonly reads: readonly Resource[]
}

/** What is foretold of everything below a folder. */
export interface TellingBelow {
  /** What the question's id begins with; the path comes behind it. */
  readonly idBefore: string
  readonly folder: string
  value(path: string): unknown
  check(path: string): string
}

interface ForetoldBelow extends TellingBelow {
  /** How many writes there had been when it became true. */
  readonly since: number
}

/**
 * What a host will answer while changes are on their way to it. An answer is one of four kinds: no change touches it;
 * a change touches it only by name or from afar, and the host is asked to compare; a change foretold it, and the host is
 * asked to check; anything else is not known.
 */
export class Foresight {
  readonly #store: FactStore
  readonly #known: Pick<ReadonlyMap<string, KnownAnswer>, 'get'>
  readonly #doubtful: ReadonlyMap<string, Foreseen>
  readonly #written: Resource[] = []
  readonly #foretold = new Map<string, Foretold>()
  readonly #foretoldBelow: ForetoldBelow[] = []
  readonly #notes = new Map<string, Expectation>()

  /** `doubtful`: answers that hold only if what they expect does. */
  constructor(
    store: FactStore,
    known: Pick<ReadonlyMap<string, KnownAnswer>, 'get'>,
    doubtful: ReadonlyMap<string, Foreseen> = new Map(),
  ) {
    this.#store = store
    this.#known = known
    this.#doubtful = doubtful
  }

  /** `takesForetold`: the asker can do without times and inode. */
  answer(id: string, question: Question<unknown>, takesForetold: boolean): Foreseen | undefined {
    const foretold = this.#foretold.get(id)
    if (foretold) return takesForetold ? { value: foretold.value, expects: foretold } : undefined
    const below = this.#answerBelow(id, question)
    if (below) return below
    // Nothing has been sent since the doubt arose.
    const doubtful = this.#written.length === 0 ? this.#doubtful.get(id) : undefined
    if (doubtful) return doubtful
    const known = this.#known.get(id)
    if (!known) return undefined
    const relation = this.#relationTo(this.#store.namesOf(question.reads), this.#written)
    if (relation === 'none') return { value: known.value }
    if (relation === 'changed' || !question.repeats) return undefined
    return { value: known.value, expects: this.#unchanged(id, question) }
  }

  /** A change has been sent; later answers are those after it. */
  wrote(touched: readonly Resource[], tellings: readonly Telling[], check: string): void {
    this.#written.push(...touched)
    for (const [id, { reads }] of this.#foretold) {
      if (touched.some((one) => reads.some((read) => touches(one, read)))) this.#foretold.delete(id)
    }
    for (const { id, value, reads } of tellings) this.#foretold.set(id, { value, reads, check })
  }

  /** Everything below these folders is as foretold from now on, until a later change names it. */
  foretellBelow(tellings: readonly TellingBelow[]): void {
    for (const one of tellings) this.#foretoldBelow.push({ ...one, since: this.#written.length })
  }

  #answerBelow(id: string, { reads }: Question<unknown>): Foreseen | undefined {
    const telling = this.#foretoldBelow.findLast(({ idBefore, folder }) =>
      id.startsWith(`${idBefore}${folder}/`),
    )
    if (!telling) return undefined
    const path = id.slice(telling.idBefore.length)
    const isPlain = !path
      .slice(telling.folder.length)
      .split('/')
      .some((part, i) => i > 0 && /^\.{0,2}$/.test(part))
    if (!isPlain || this.#relationTo(reads, this.#written.slice(telling.since)) === 'changed')
      return undefined
    return { value: telling.value(path), expects: { check: telling.check(path) } }
  }

  #relationTo(reads: readonly Resource[], writes: readonly Resource[]): 'none' | 'unlikely' | 'changed' {
    const pairs = writes.flatMap((written) =>
      reads.filter((read) => touches(written, read)).map((read) => isNamedBy(written, read)),
    )
    if (pairs.length === 0) return 'none'
    return pairs.includes(true) ? 'changed' : 'unlikely'
  }

  #unchanged(id: string, { frame, key }: Question<unknown>): Expectation {
    const known = this.#notes.get(id)
    if (known) return known
    const script = comparableScript(frame(key === undefined ? [] : [key]).script)
    const name = `_k${this.#notes.size}`
    const expectation = { check: sameAsKept(script, name), note: { name, script } }
    this.#notes.set(id, expectation)
    return expectation
  }
}

/**
 * Everything a script says and its exit code. NUL bytes get lost when a shell keeps it, which costs nothing: where
 * they only divide fields, a field that has changed still shows. A process to replace them would cost each question
 * more than all else.
 */
export const comparableScript = (script: string): string => `( ${script}\n) </dev/null 2>&1; echo "$?"`

/** Ends with 0 when a script says what it said when the shell kept it under this name. */
export const sameAsKept = (script: string, name: string): string =>
  `[ "$(eval ${quote(script)})" = "$${name}" ]`
