import type { Lookup } from '#model/value.ts'
import type { Place } from './place.ts'
import type { Term } from './term.ts'

/** What an evaluation may read: the host's variables, and the local ones by slot. */
export interface Scope {
  readonly lookup: Lookup
  readonly slots: unknown[]
}

export type Run = (scope: Scope) => unknown

/** Turns terms into closures. Done once per text; the closures then run for every host. */
export interface Compiler {
  readonly place: Place
  run(term: Term): Run
}
