import { EvaluationError } from '#model/evaluation-error.ts'
import { omit } from '#model/omit.ts'
import { Secret } from '#model/secret.ts'
import type { SourceRange } from '#model/source.ts'
import type { Lookup, Value } from '#model/value.ts'
import { kindOf } from './kind-of.ts'

export interface ValueEntry {
  readonly key: string
  /** The key, when it is itself a template. */
  readonly keyTemplate?: Value | undefined
  readonly value: Value
}

/** A list written out. Items that are `omit` are left out. */
export function listValue(items: readonly Value[], range: SourceRange): Value {
  const render = (lookup: Lookup) => items.map((item) => item.render(lookup)).filter((item) => item !== omit)
  return {
    ...collected(items, range),
    ...renderedOnce(items, render),
    child: (key) => (typeof key === 'number' ? items[key] : undefined),
    length: items.length,
  }
}

/** A mapping written out. Keys whose value is `omit` are left out. */
export function mapValue(entries: readonly ValueEntry[], range: SourceRange): Value {
  const parts = entries.flatMap(({ keyTemplate, value }) => (keyTemplate ? [keyTemplate, value] : [value]))
  const render = (lookup: Lookup) =>
    Object.fromEntries(
      entries
        .map((entry) => [keyOf(entry, lookup), entry.value.render(lookup)] as const)
        .filter(([, value]) => value !== omit),
    )
  let byKey: ReadonlyMap<string, Value> | undefined
  return {
    ...collected(parts, range),
    ...renderedOnce(parts, render),
    child(key) {
      byKey ??= new Map(entries.map((entry) => [entry.key, entry.value]))
      return byKey.get(String(key))
    },
    keys: entries.map(({ key }) => key),
  }
}

function keyOf({ key, keyTemplate }: ValueEntry, lookup: Lookup): string {
  if (!keyTemplate) return key
  const rendered = keyTemplate.render(lookup)
  if (rendered instanceof Secret) return rendered.reveal()
  if (typeof rendered === 'string' || typeof rendered === 'number') return String(rendered)
  throw new EvaluationError(`A key must be text, not ${kindOf(rendered)}.`, keyTemplate.range)
}

/** What literal parts give is made once and frozen, so that no host can change what another sees. */
function renderedOnce(
  parts: readonly Value[],
  render: (lookup: Lookup) => unknown,
): Pick<Value, 'literal' | 'render'> {
  if (!parts.every((part) => part.literal)) return { literal: false, render }
  let made: { readonly value: unknown } | undefined
  return {
    literal: true,
    render(lookup) {
      made ??= { value: frozen(render(lookup)) }
      return made.value
    },
  }
}

/** Only what was made here is frozen: inner values froze themselves, and data from outside is not ours. */
function frozen(value: unknown): unknown {
  return Object.freeze(value)
}

function collected(
  parts: readonly Value[],
  range: SourceRange,
): Pick<Value, 'text' | 'range' | 'names' | 'paths' | 'required' | 'rangeOf'> {
  return {
    text: '',
    range,
    names: union(parts, 'names'),
    paths: union(parts, 'paths'),
    required: union(parts, 'required'),
    rangeOf(name) {
      const requiring = parts.find((part) => part.required.has(name))
      return (requiring ?? parts.find((part) => part.names.has(name)))?.rangeOf(name) ?? range
    },
  }
}

const none: ReadonlySet<string> = new Set()

function union(parts: readonly Value[], key: 'names' | 'paths' | 'required'): ReadonlySet<string> {
  const sets = parts.filter((part) => !part.literal).map((part) => part[key])
  const [first = none, ...others] = sets.filter((set) => set.size > 0)
  if (others.length === 0) return first
  return new Set([first, ...others].flatMap((set) => [...set]))
}
