import { isMap } from '#lang/kind-of.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { MapEntry } from '#model/node.ts'
import type { Loop } from '#model/program.ts'
import type { Lookup, Value } from '#model/value.ts'
import type { Context } from './context.ts'
import { derivedValue, readingValue } from './derived-value.ts'
import { sequence } from './number-sequence.ts'
import { didYouMean } from './report.ts'

type Over = Pick<Loop, 'over' | 'flatten'>

/**
 * Ansible's older loops, each as the list it runs over. Those that only rearrange a list are computed here;
 * those that tsplay has no equal for are reported, with the `loop` to write instead.
 */
export function readWith(
  { key, keyRange: range, value: node }: MapEntry,
  context: Context,
): Over | undefined {
  const name = key.slice('with_'.length)
  const instead = noEqual.get(name)
  const make = lookups.get(name)
  if (!make) {
    const message = instead ? `tsplay has no "${key}".` : `There is no loop "${key}".`
    context.report.add({
      code: 'unknown-keyword',
      message,
      remedy: instead ?? didYouMean(key, withKeywords),
      range,
    })
    return undefined
  }
  const terms = context.language.value(node)
  return make(terms)
}

const over = (value: Value, flatten = false): Over => ({ over: value, flatten })
const derived =
  (compute: (terms: unknown, at: Value) => unknown) =>
  (terms: Value): Over =>
    over(derivedValue(terms, (rendered) => compute(rendered, terms)))
const reading =
  (compute: (terms: readonly unknown[], lookup: Lookup) => unknown) =>
  (terms: Value): Over =>
    over(readingValue(terms, (rendered, lookup) => compute(asList(rendered), lookup)))

const lookups: ReadonlyMap<string, (terms: Value) => Over> = new Map([
  ['items', (terms) => over(derivedValue(terms, asList), true)],
  ['list', (terms) => over(terms)],
  ['flattened', derived((terms) => asList(terms).flat(Number.POSITIVE_INFINITY))],
  ['indexed_items', derived((terms) => flatOnce(asList(terms)).map((item, index) => [index, item]))],
  ['dict', derived(entriesOf)],
  ['nested', derived((terms) => product(asList(terms).map(asList)))],
  ['cartesian', derived((terms) => product(asList(terms).map(asList)))],
  ['together', derived((terms) => zip(asList(terms).map(asList)))],
  ['subelements', derived(subelements)],
  ['sequence', derived((terms, at) => asList(terms).flatMap((term) => sequence(term, at.range)))],
  ['fileglob', reading((terms, { controller }) => terms.flatMap((term) => controller.glob(String(term))))],
  ['first_found', reading(firstFound)],
  [
    'lines',
    reading((terms, { controller }) => terms.flatMap((term) => lines(controller.pipe(String(term))))),
  ],
])

/** The keywords of all loops that are read: `with_items` and its like. */
export const withKeywords: readonly string[] = [...lookups.keys()].map((name) => `with_${name}`)

const noEqual: ReadonlyMap<string, string> = new Map([
  ['random_choice', 'Use `loop: [random(list)]`.'],
  ['inventory_hostnames', 'Use `loop: groups["name"]`.'],
  ['file', 'Use `loop: [file("name")]`.'],
  ['env', 'Use `loop: [env("NAME")]`.'],
  ['password', 'Use the function password().'],
  ['template', 'Render a file with the module "template".'],
])

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

const flatOnce = (list: readonly unknown[]): readonly unknown[] => list.flatMap(asList)

function entriesOf(terms: unknown, at: Value): readonly unknown[] {
  return asList(terms).flatMap((term) => {
    if (isMap(term)) return Object.entries(term).map(([key, value]) => ({ key, value }))
    throw new EvaluationError('"with_dict" needs a mapping.', at.range)
  })
}

function product(lists: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  const [first, ...rest] = lists
  if (!first) return [[]]
  const tails = product(rest)
  return first.flatMap((item) => tails.map((tail) => [item, ...tail]))
}

/** The shorter lists are filled up with null. */
function zip(lists: readonly (readonly unknown[])[]): readonly unknown[] {
  const length = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length }, (_, i) => lists.map((list) => list[i] ?? null))
}

/** `[list, key, {skip_missing}]`: each item with each element of the list below its key. */
function subelements(terms: unknown, at: Value): readonly unknown[] {
  const [list, key, options] = asList(terms)
  if (typeof key !== 'string')
    throw new EvaluationError('"with_subelements" needs a list and a key.', at.range)
  const mayMiss = isMap(options) && options['skip_missing'] === true
  const outer = isMap(list) ? Object.values(list) : asList(list)
  return outer.flatMap((item) => {
    const inner = key
      .split('.')
      .reduce<unknown>((value, step) => (isMap(value) ? value[step] : undefined), item)
    if (Array.isArray(inner)) return inner.map((element: unknown) => [item, element])
    if (mayMiss) return []
    throw new EvaluationError(`An item of "with_subelements" has no list "${key}".`, at.range)
  })
}

/** The first of the paths that exists; with `files` and `paths`, all their combinations. */
function firstFound(terms: readonly unknown[], { controller }: Lookup): readonly unknown[] {
  const isOptional = terms.some((term) => isMap(term) && term['skip'] === true)
  const candidates = terms.flatMap((term) => (isMap(term) ? combined(term) : asList(term).map(String)))
  const found = candidates.find((path) => controller.exists(path))
  if (found !== undefined) return [found]
  if (isOptional) return []
  throw new EvaluationError(`None of these files exists: ${candidates.join(', ')}.`)
}

function combined(term: Readonly<Record<string, unknown>>): readonly string[] {
  const paths = term['paths'] === undefined ? [''] : asList(term['paths']).map((path) => `${path}/`)
  const files = asList(term['files'] ?? []).map(String)
  return paths.flatMap((path) => files.map((file) => `${path}${file}`))
}

const lines = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')
