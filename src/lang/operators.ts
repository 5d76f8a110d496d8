import { Secret } from '#model/secret.ts'
import { equal } from './equal.ts'
import { compareValues } from './functions/compare-values.ts'
import { BadArgument } from './functions/function-definition.ts'
import { isList, isMap, kindOf } from './kind-of.ts'
import { revealed } from './revealed.ts'
import type { BinaryOperator } from './term.ts'

type Operator = (left: unknown, right: unknown) => unknown

/** CEL's operators over plain values. They throw BadArgument where types do not fit; nothing is converted. */
export const operators: Readonly<Record<BinaryOperator, Operator>> = {
  '==': (left, right) => comparable(left, right) && equal(left, right),
  '!=': (left, right) => !(comparable(left, right) && equal(left, right)),
  '<': (left, right) => order(left, right, '<') < 0,
  '<=': (left, right) => order(left, right, '<=') <= 0,
  '>': (left, right) => order(left, right, '>') > 0,
  '>=': (left, right) => order(left, right, '>=') >= 0,
  in: isIn,
  '+': add,
  '-': (left, right) => arithmetic(left, right, '-'),
  '*': (left, right) => arithmetic(left, right, '*'),
  '/': (left, right) => arithmetic(left, right, '/'),
  '%': (left, right) => arithmetic(left, right, '%'),
}

/** Null may be compared with anything; other kinds only with their own, since the rest is always a mistake. */
function comparable(left: unknown, right: unknown): boolean {
  // Most comparisons are of two texts or two numbers.
  if (typeof left === typeof right && typeof left !== 'object') return true
  const a = kindOf(left)
  const b = kindOf(right)
  if (a === b) return true
  if (a === 'null' || b === 'null') return false
  throw new BadArgument(`${sentence(a)} cannot be compared with ${b}.${hint(a, b)}`)
}

function hint(a: string, b: string): string {
  const kinds = new Set([a, b])
  if (kinds.has('text') && kinds.has('a number'))
    return ' Convert one of them with int(), float() or string().'
  if (kinds.has('text') && kinds.has('a boolean')) return ' Convert the text with bool().'
  return ''
}

const sentence = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1)

function order(left: unknown, right: unknown, operator: string): number {
  const [a, b] = [revealed(left), revealed(right)]
  const isOrdered = typeof a === 'number' || typeof a === 'string'
  if (isOrdered && typeof a === typeof b) return compareValues(a, b)
  const [first, second] = [kindOf(a), kindOf(b)]
  throw new BadArgument(
    `"${operator}" compares two numbers or two texts, not ${first} with ${second}.${hint(first, second)}`,
  )
}

function isIn(item: unknown, container: unknown): boolean {
  if (isList(container)) return isInList(item, container)
  if (kindOf(container) === 'text') return isInText(item, container)
  if (!isMap(container)) {
    throw new BadArgument(`"in" needs a list, a mapping or text on its right, not ${kindOf(container)}.`)
  }
  const key = revealed(item)
  if (typeof key !== 'string' && typeof key !== 'number') return false
  return Object.hasOwn(container, String(key))
}

/** Text in a list of nothing but numbers (or the reverse) is a mistake that would otherwise just be false. */
function isInList(item: unknown, list: readonly unknown[]): boolean {
  const kind = kindOf(item)
  const other = kind === 'text' ? 'a number' : kind === 'a number' ? 'text' : undefined
  if (list.length > 0 && other && list.every((one) => kindOf(one) === other)) comparable(item, list[0])
  return list.some((one) => equal(one, item))
}

function isInText(item: unknown, container: unknown): boolean {
  if (kindOf(item) !== 'text') throw new BadArgument(`Text can only contain text, not ${kindOf(item)}.`)
  return String(revealed(container)).includes(String(revealed(item)))
}

function add(left: unknown, right: unknown): unknown {
  if (isList(left) && isList(right)) return [...left, ...right]
  if (kindOf(left) === 'text' && kindOf(right) === 'text') {
    const text = `${revealed(left)}${revealed(right)}`
    return left instanceof Secret || right instanceof Secret ? new Secret(text) : text
  }
  return arithmetic(left, right, '+')
}

function arithmetic(left: unknown, right: unknown, operator: '+' | '-' | '*' | '/' | '%'): number {
  if (typeof left !== 'number' || typeof right !== 'number') {
    const [a, b] = [kindOf(left), kindOf(right)]
    throw new BadArgument(`"${operator}" cannot be used with ${a} and ${b}.${hint(a, b)}`)
  }
  if ((operator === '/' || operator === '%') && right === 0) throw new BadArgument('Division by zero.')
  return computed(left, right, operator)
}

function computed(left: number, right: number, operator: '+' | '-' | '*' | '/' | '%'): number {
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  if (operator === '*') return left * right
  return operator === '/' ? left / right : left % right
}
