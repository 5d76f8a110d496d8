import { EvaluationError } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { describeTerm } from './describe-term.ts'
import { notBoolean } from './evaluate-logic.ts'
import { isList, isMap, kindOf } from './kind-of.ts'
import { located } from './located-error.ts'
import type { Compiler, Run, Scope } from './scope.ts'
import type { Bind, Comprehension, ListTerm, Loop, MapTerm, Term, Text } from './term.ts'
import { hasSecret, toText } from './to-text.ts'

export function list(term: ListTerm, compiler: Compiler): Run {
  const items = term.items.map((item) => compiler.run(item))
  return (scope) => items.map((item) => item(scope))
}

export function map(term: MapTerm, compiler: Compiler): Run {
  const entries = term.entries.map(([key, value]) => [keyText(key, compiler), compiler.run(value)] as const)
  return (scope) => Object.fromEntries(entries.map(([key, value]) => [key(scope), value(scope)]))
}

function keyText(term: Term, compiler: Compiler): (scope: Scope) => string {
  const run = compiler.run(term)
  return (scope) => {
    const key = run(scope)
    if (typeof key === 'string') return key
    if (typeof key === 'number' || typeof key === 'boolean') return String(key)
    throw new EvaluationError(`A key must be text, not ${kindOf(key)}.`, compiler.place.range(term.span))
  }
}

export function bind(term: Bind, compiler: Compiler): Run {
  const value = compiler.run(term.value)
  const body = compiler.run(term.body)
  return (scope) => {
    scope.slots[term.slot] = value(scope)
    return body(scope)
  }
}

export function comprehension(term: Comprehension, compiler: Compiler): Run {
  const over = compiler.run(term.over)
  const body = compiler.run(term.body)
  const where = term.where && compiler.run(term.where)
  return (scope) => {
    const holds = (run: Run, test: Term) => (item: unknown) => {
      scope.slots[term.slot] = item
      const value = run(scope)
      if (typeof value === 'boolean') return value
      throw notBoolean(value, describeTerm(test), compiler.place.range(test.span))
    }
    const all = iterated(over(scope), term.over, compiler)
    const items = where && term.where ? all.filter(holds(where, term.where)) : all
    if (term.mode !== 'map') return quantified(items, term.mode, holds(body, term.body))
    return items.map((item) => {
      scope.slots[term.slot] = item
      return body(scope)
    })
  }
}

function quantified(
  items: readonly unknown[],
  mode: Exclude<Comprehension['mode'], 'map'>,
  holds: (item: unknown) => boolean,
): unknown {
  if (mode === 'filter') return items.filter(holds)
  if (mode === 'all') return items.every(holds)
  if (mode === 'exists') return items.some(holds)
  return items.filter(holds).length === 1
}

/** Lists give their items, mappings their keys, as CEL says. */
function iterated(value: unknown, term: Term, { place }: Compiler): readonly unknown[] {
  if (isList(value)) return value
  if (isMap(value)) return Object.keys(value)
  const message = `"${describeTerm(term)}" is ${kindOf(value)}, not a list.`
  throw new EvaluationError(message, place.range(term.span))
}

export function text(term: Text, compiler: Compiler): Run {
  const parts = term.parts.map((part) => ({ part, run: compiler.run(part) }))
  return (scope) => {
    let whole = ''
    let isSecret = false
    for (const { part, run } of parts) {
      const value = run(scope)
      if (typeof value === 'string') {
        whole += value
        continue
      }
      try {
        isSecret ||= hasSecret(value)
        whole += toText(value)
      } catch (error) {
        throw located(error, compiler.place, part.span)
      }
    }
    return isSecret ? new Secret(whole) : whole
  }
}

export function loop(term: Loop, compiler: Compiler): Run {
  const over = compiler.run(term.over)
  const body = compiler.run(term.body)
  const otherwise = compiler.run(term.otherwise)
  return (scope) => {
    const entries = entriesOf(over(scope), term.over, compiler)
    if (entries.length === 0) return otherwise(scope)
    const texts = entries.map(([key, item], index) => {
      const { slots } = term
      scope.slots[slots.item] = item
      scope.slots[slots.index] = index
      scope.slots[slots.key] = key
      scope.slots[slots.first] = index === 0
      scope.slots[slots.last] = index === entries.length - 1
      return body(scope)
    })
    const joined = texts.map(toText).join('')
    return texts.some(hasSecret) ? new Secret(joined) : joined
  }
}

function entriesOf(
  value: unknown,
  term: Term,
  { place }: Compiler,
): readonly (readonly [unknown, unknown])[] {
  if (isList(value)) return value.map((item, index) => [index, item])
  if (isMap(value)) return Object.entries(value)
  if (value === null) return []
  const message = `"${describeTerm(term)}" is ${kindOf(value)}; {{#each}} needs a list or a mapping.`
  throw new EvaluationError(message, place.range(term.span))
}
