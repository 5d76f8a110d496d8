import type { Lookup, Value } from '#model/value.ts'

/** The value of something that depends on no variable; undefined when it does. */
export function literalOf(value: Value | undefined): unknown {
  return value?.literal ? value.render(nothing) : undefined
}

function unavailable(): never {
  throw new Error('A literal value asked for something outside itself.')
}

/** Literal values look up nothing, whatever is asked here would be a bug. */
const nothing: Lookup = {
  has: () => false,
  get: unavailable,
  names: () => [],
  controller: {
    env: unavailable,
    readFile: unavailable,
    exists: unavailable,
    glob: unavailable,
    pipe: unavailable,
    now: unavailable,
  },
}
