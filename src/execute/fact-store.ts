import type { Resource } from '#model/change.ts'
import { touchesAny } from './resources.ts'

interface Remembered {
  readonly answer: Promise<unknown>
  readonly reads: readonly Resource[]
  readonly user: string
  /** Number of the flight it left with; Infinity until it has left. */
  leftWith: number
  /** Set when the answer has come. */
  known?: KnownAnswer
}

export interface KnownAnswer {
  readonly value: unknown
  readonly reads: readonly Resource[]
}

/**
 * What is known about one host. An answer is remembered until a write touches what it was read from.
 * Answers are kept per acting user, since users see different things.
 */
export class FactStore {
  readonly #known = new Map<string, Remembered>()
  /** Other names of resources, by kind and name: where links lead. */
  readonly #aliases = new Map<string, readonly Resource[]>()

  get(key: string): Promise<unknown> | undefined {
    return this.#known.get(key)?.answer
  }

  remember(key: string, user: string, asked: { answer: Promise<unknown>; reads: readonly Resource[] }): void {
    const entry: Remembered = { ...asked, user, leftWith: Number.POSITIVE_INFINITY }
    this.#known.set(key, entry)
    asked.answer.then(
      (value) => {
        entry.known = { value, reads: asked.reads }
      },
      // A failed question may be asked again; whoever awaits this one sees the failure.
      () => {
        if (this.#known.get(key) === entry) this.#known.delete(key)
      },
    )
  }

  /** The answers that have come and hold now, by question. */
  knownAnswers(): ReadonlyMap<string, KnownAnswer> {
    return new Map([...this.#known].flatMap(([key, { known }]) => (known ? [[key, known]] : [])))
  }

  /** The answer that has come to a question and holds now. */
  known(key: string): KnownAnswer | undefined {
    return this.#known.get(key)?.known
  }

  /** What was read under these names, under all the names it is known to have. */
  namesOf(reads: readonly Resource[]): readonly Resource[] {
    return this.#allNames(reads)
  }

  /** Notes that what was read under these names is really something else: a write to that touches it as well. */
  alias(names: readonly Resource[], meant: readonly Resource[]): void {
    for (const name of names) {
      if (meant.length > 0) this.#aliases.set(keyOf(name), meant)
      else this.#aliases.delete(keyOf(name))
    }
  }

  /** Notes which flight carries a question, so that `forgetBefore` can tell old answers from new ones. */
  departed(key: string, flight: number): void {
    const known = this.#known.get(key)
    if (known) known.leftWith = flight
  }

  /** The question is asked anew, whatever was answered to it. */
  drop(key: string): void {
    this.#known.delete(key)
  }

  forget(written: readonly Resource[]): void {
    this.#forgetWhere(written, () => true)
  }

  /**
   * Forgets what a finished write made stale: answers that left before its last frame, and those of other
   * users, whose shells run beside it in no fixed order. Within one flight, writes go before reads.
   */
  forgetBefore(written: readonly Resource[], flight: number, user: string): void {
    this.#forgetWhere(written, (known) => known.leftWith < flight || known.user !== user)
  }

  #forgetWhere(written: readonly Resource[], condition: (known: Remembered) => boolean): void {
    if (written.length === 0) return
    for (const [key, known] of this.#known) {
      if (condition(known) && this.#isTouched(known.reads, written)) this.#known.delete(key)
    }
  }

  /** Every change asks it of everything that is known: no list of names is made for it. */
  #isTouched(reads: readonly Resource[], written: readonly Resource[]): boolean {
    if (touchesAny(written, reads)) return true
    if (this.#aliases.size === 0) return false
    return reads.some((read) => touchesAny(written, this.#aliases.get(keyOf(read)) ?? []))
  }

  #allNames(reads: readonly Resource[]): readonly Resource[] {
    if (this.#aliases.size === 0) return reads
    return [...reads, ...reads.flatMap((read) => this.#aliases.get(keyOf(read)) ?? [])]
  }
}

const keyOf = ({ kind, name = '' }: Resource): string => `${kind}\0${name}`
