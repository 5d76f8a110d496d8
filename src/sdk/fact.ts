import type { Resource } from '#model/change.ts'

/** What the script of a fact printed. */
export interface FactOutput {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * A read-only question to a host about one thing that has no name: its distribution, its memory.
 * The script must not change the host.
 */
export interface Fact<T> {
  readonly kind: 'fact'
  readonly name: string
  readonly summary: string
  readonly script: string
  /** Decode output as latin1 instead of UTF-8. */
  readonly binary?: boolean
  /** False when the same state of the host may give another output: a random word, the time. */
  readonly repeats?: false
  readonly reads: readonly Resource[]
  /** Pure. Throws when the output makes no sense. */
  parse(output: FactOutput): T
}

/**
 * A read-only question about many things of one kind at once: all requests that are pending for a host
 * leave as one script with all their keys.
 */
export interface KeyedFact<T> {
  readonly kind: 'keyed-fact'
  readonly name: string
  readonly summary: string
  script(keys: readonly string[]): string
  readonly binary?: boolean
  /** False when the same state of the host may give another output: a random word, the time. */
  readonly repeats?: false
  reads(key: string): readonly Resource[]
  /**
   * What the answer shows to stand behind the key: the file a link leads to. A write to that touches everything that
   * was read under the key, by any fact.
   */
  standsFor?(value: T): readonly Resource[]
  /** Pure. Gives one value for each key, in the order of the keys. */
  parse(output: FactOutput, keys: readonly string[]): readonly T[]
}

export function defineFact<T>(fact: Omit<Fact<T>, 'kind'>): Fact<T> {
  return { kind: 'fact', ...fact }
}

export function defineKeyedFact<T>(fact: Omit<KeyedFact<T>, 'kind'>): KeyedFact<T> {
  return { kind: 'keyed-fact', ...fact }
}
