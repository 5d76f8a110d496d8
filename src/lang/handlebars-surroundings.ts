import type { Loc, Program } from './handlebars-ast.ts'
import type { Span } from './span.ts'
import type { Local, Term } from './term.ts'

/** One level of `#each` or `#with`: what names inside belong to. */
export interface Frame {
  readonly item: Omit<Local, 'span'>
  /** `@index` and the like; absent in `#with`. */
  readonly data?: Readonly<Record<string, Omit<Local, 'span'>>>
  /** The names after `as |…|`. */
  readonly params: ReadonlyMap<string, Omit<Local, 'span'>>
}

export interface Surroundings {
  readonly text: string
  readonly builder: { slots: number }
  spanOf(loc: Loc): Span
  /** Innermost last. */
  readonly frames: readonly Frame[]
  programTerm(program: Program | undefined, around: Surroundings): Term
}
