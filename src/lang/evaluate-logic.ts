import { EvaluationError, UndefinedName, UnknownValue } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { describeTerm } from './describe-term.ts'
import { kindOf } from './kind-of.ts'
import { located } from './located-error.ts'
import { operators } from './operators.ts'
import type { Compiler, Run, Scope } from './scope.ts'
import type { Binary, Conditional, Default, Defined, Logical, Term, Unary } from './term.ts'
import { isTruthy } from './truthy.ts'

/**
 * `&&` and `||`. Evaluated left to right; the right side is skipped once the left decides. A left side that
 * check mode cannot know does not stop the right one from deciding: `unknown && false` is false.
 */
export function logical(term: Logical, compiler: Compiler): Run {
  const left = strictBoolean(term.left, compiler)
  const right = strictBoolean(term.right, compiler)
  const decides = term.kind === 'or'
  return (scope) => {
    const first = attempt(left, scope)
    if (first === decides) return decides
    if (!(first instanceof UnknownValue)) return right(scope)
    if (attempt(right, scope) === decides) return decides
    throw first
  }
}

function attempt(run: (scope: Scope) => boolean, scope: Scope): boolean | UnknownValue {
  try {
    return run(scope)
  } catch (error) {
    if (error instanceof UnknownValue) return error
    throw error
  }
}

export function conditional(term: Conditional, compiler: Compiler): Run {
  const test = strictBoolean(term.test, compiler)
  const whenTrue = compiler.run(term.whenTrue)
  const whenFalse = compiler.run(term.whenFalse)
  return (scope) => (test(scope) ? whenTrue(scope) : whenFalse(scope))
}

function strictBoolean(term: Term, compiler: Compiler): (scope: Scope) => boolean {
  const run = compiler.run(term)
  return (scope) => {
    const value = run(scope)
    if (typeof value === 'boolean') return value
    throw notBoolean(value, describeTerm(term), compiler.place.range(term.span))
  }
}

/** The error for a condition that is neither true nor false, with what to write instead. */
export function notBoolean(value: unknown, what: string, range: EvaluationError['range']): EvaluationError {
  const kind = kindOf(value)
  const subject = what === 'the expression' ? 'This' : `"${what}"`
  const remedy = remedies[kind]?.(what === 'the expression' ? 'x' : what)
  return new EvaluationError(`${subject} is ${kind}, not true or false.`, range, remedy ? { remedy } : {})
}

const remedies: Readonly<Record<string, (what: string) => string>> = {
  text: (what) => `Write ${what} != "" or bool(${what}).`,
  'a number': (what) => `Write ${what} != 0.`,
  'a list': (what) => `Write size(${what}) > 0.`,
  'a mapping': (what) => `Write size(${what}) > 0, or name one of its keys.`,
  null: (what) => `Write ${what} != null.`,
}

export function unary(term: Unary, compiler: Compiler): Run {
  if (term.kind === 'not') {
    const run = strictBoolean(term.of, compiler)
    return (scope) => !run(scope)
  }
  const run = compiler.run(term.of)
  if (term.kind === 'truthy') return (scope) => isTruthy(run(scope))
  return (scope) => {
    const value = run(scope)
    if (typeof value === 'number') return -value
    throw new EvaluationError(`"-" needs a number, not ${kindOf(value)}.`, compiler.place.range(term.span))
  }
}

export function binary(term: Binary, compiler: Compiler): Run {
  const operate = operators[term.operator]
  const left = compiler.run(term.left)
  const right = compiler.run(term.right)
  return (scope) => {
    const first = left(scope)
    const second = right(scope)
    try {
      return operate(first, second)
    } catch (error) {
      throw located(error, compiler.place, term.span)
    }
  }
}

/**
 * A variable is defined when it is set and its own text can be rendered; one that check mode cannot know is
 * set all the same. Of the parts of an unknown value nobody can say whether they will be there.
 */
export function defined(term: Defined, compiler: Compiler): Run {
  const run = compiler.run(term.of)
  const isWhole = term.of.kind === 'name'
  return (scope) => {
    try {
      run(scope)
      return true
    } catch (error) {
      if (error instanceof UndefinedName) return false
      if (isWhole && error instanceof UnknownValue) return true
      throw error
    }
  }
}

export function defaultTo(term: Default, compiler: Compiler): Run {
  const run = compiler.run(term.of)
  const otherwise = compiler.run(term.otherwise)
  const whenEmpty = term.whenEmpty && compiler.run(term.whenEmpty)
  return (scope) => {
    const value = definedValue(run, scope)
    if (value === undefined) return otherwise(scope)
    if (whenEmpty && isEmpty(value) && isTruthy(whenEmpty(scope))) return otherwise(scope)
    return value
  }
}

function definedValue(run: Run, scope: Scope): unknown {
  try {
    return run(scope)
  } catch (error) {
    if (error instanceof UndefinedName) return undefined
    throw error
  }
}

/** Jinja's idea of it, since `default(x, y, true)` is Jinja's: an empty mapping is empty too. */
function isEmpty(value: unknown): boolean {
  if (!isTruthy(value)) return true
  return (
    kindOf(value) === 'a mapping' && !(value instanceof Secret) && Object.keys(Object(value)).length === 0
  )
}
