import type { Lookup, Value } from '#model/value.ts'

/** A value computed from another one when it is rendered. It reads what the other reads. */
export function derivedValue(source: Value, derive: (rendered: unknown, lookup: Lookup) => unknown): Value {
  return {
    text: source.text,
    range: source.range,
    names: source.names,
    paths: source.paths,
    required: source.required,
    literal: source.literal,
    render: (lookup) => derive(source.render(lookup), lookup),
    rangeOf: (name) => source.rangeOf(name),
    child: () => undefined,
  }
}

/** As `derivedValue`, for a computation that asks the controller: never the same for certain. */
export function readingValue(source: Value, derive: (rendered: unknown, lookup: Lookup) => unknown): Value {
  return { ...derivedValue(source, derive), literal: false }
}
