import { mapValue } from '#lang/collection-values.ts'
import type { Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { Value } from '#model/value.ts'

/** One argument as written, under the module's own name for it. */
export interface GivenArgument {
  readonly node: Node
  readonly keyRange: SourceRange
  readonly value: Value
  /** Of `set_fact` and its like, whose names may be templates. */
  readonly keyTemplate?: Value
}

export type GivenArguments = ReadonlyMap<string, GivenArgument>

/** Arguments as the mapping that a task holds. */
export function argumentsValue(given: GivenArguments, range: SourceRange): Value {
  const entries = [...given].map(([key, { value, keyTemplate }]) => ({ key, value, keyTemplate }))
  return mapValue(entries, range)
}
