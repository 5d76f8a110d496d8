import type { SourceRange } from '#model/source.ts'
import type { Lookup } from '#model/value.ts'
import { analyse, type Reads } from './analyse.ts'
import type { ParsedTerm } from './cel-term.ts'
import { evaluator } from './evaluator.ts'
import type { Place } from './place.ts'
import type { Run } from './scope.ts'

/** The parts that an expression and a template share. */
export interface Evaluable {
  readonly text: string
  readonly range: SourceRange
  readonly names: ReadonlySet<string>
  readonly paths: ReadonlySet<string>
  readonly required: ReadonlySet<string>
  evaluate(lookup: Lookup): unknown
  rangeOf(name: string): SourceRange
}

/** A parsed text made ready to run. Compiling to closures waits for the first evaluation. */
export function evaluable(
  text: string,
  { term, slots }: ParsedTerm,
  place: Place,
  guards?: ReadonlySet<string>,
): Evaluable {
  let run: Run | undefined
  let reads: Reads | undefined
  const analysed = () => (reads ??= analyse(term, guards))
  return {
    text,
    range: place.whole,
    get names() {
      return analysed().names
    },
    get paths() {
      return analysed().paths
    },
    get required() {
      return analysed().required
    },
    evaluate(lookup) {
      run ??= evaluator(term, place)
      return run({ lookup, slots: slots === 0 ? noSlots : new Array(slots) })
    },
    rangeOf(name) {
      const span = analysed().spans.get(name)
      return span ? place.range(span) : place.whole
    },
  }
}

const noSlots: unknown[] = []
