import { nearest } from '#base/did-you-mean.ts'
import { UndefinedName, UnknownValue } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { describeTerm } from './describe-term.ts'
import { BadArgument, type FunctionDefinition } from './functions/function-definition.ts'
import { isList, isMap, kindOf } from './kind-of.ts'
import { located } from './located-error.ts'
import { member, missing } from './member.ts'
import type { Compiler, Run, Scope } from './scope.ts'
import type { Call, Index, Local, Member, Name, NameOrCall, Term } from './term.ts'
import { hasSecret, plain, tainted } from './to-text.ts'

export function name(term: Name, { place }: Compiler): Run {
  return ({ lookup }) => {
    if (!lookup.has(term.name)) {
      const hint = didYouMean(nearest(term.name, lookup.names()))
      throw new UndefinedName(term.name, `"${term.name}" is not defined.${hint}`, place.range(term.span))
    }
    return known(lookup.get(term.name), term, place)
  }
}

export function local(term: Local, { place }: Compiler): Run {
  return ({ slots }) => known(slots[term.slot], term, place)
}

export function nameOrCall(term: NameOrCall, compiler: Compiler): Run {
  const read = compiler.run(term.name)
  const call = compiler.run(term.call)
  return (scope) => (scope.lookup.has(term.name.name) ? read(scope) : call(scope))
}

export function memberOf(term: Member, compiler: Compiler): Run {
  const object = compiler.run(term.of)
  return (scope) => {
    const of = object(scope)
    const value = member(of, term.key)
    if (value === missing) throw noSuchKey(of, term.key, { term, compiler, scope })
    return known(value, term, compiler.place)
  }
}

export function index(term: Index, compiler: Compiler): Run {
  const object = compiler.run(term.of)
  const key = compiler.run(term.key)
  return (scope) => {
    const of = object(scope)
    const at = key(scope)
    const step = at instanceof Secret ? at.reveal() : at
    const value = member(of, step)
    if (value === missing) throw noSuchKey(of, step, { term, compiler, scope })
    return known(value, term, compiler.place)
  }
}

function known(value: unknown, term: Term, place: Compiler['place']): unknown {
  if (value instanceof Unknown) throw new UnknownValue(value.because, place.range(term.span))
  return value
}

interface Access {
  readonly term: Member | Index
  readonly compiler: Compiler
  readonly scope: Scope
}

function noSuchKey(of: unknown, key: unknown, { term, compiler, scope }: Access): UndefinedName {
  const outer = describeTerm(term.of)
  const bare = term.kind === 'member' && term.bare === true
  const message = bare ? noSuchItemKey(of, String(key), scope) : reasonWhyMissing(outer, of, key)
  return new UndefinedName(bare ? String(key) : `${outer}.${key}`, message, compiler.place.range(term.span))
}

/** Ruling 7: inside `#each` a bare name belongs to the item, which newcomers from Jinja do not expect. */
function noSuchItemKey(of: unknown, key: string, { lookup }: Scope): string {
  if (lookup.has(key)) {
    return `The item has no key "${key}". Inside {{#each}} and {{#with}} names belong to the item; write "../${key}" for the variable outside.`
  }
  const candidates = isMap(of) ? namesIn(of) : []
  return `The item has no key "${key}".${didYouMean(nearest(key, candidates))}`
}

function reasonWhyMissing(outer: string, of: unknown, key: unknown): string {
  if (isList(of) && (typeof key === 'number' || /^-?\d+$/.test(String(key)))) {
    return `"${outer}" has ${of.length === 1 ? '1 item' : `${of.length} items`}, so there is no item ${key}.`
  }
  if (!isMap(of)) return `"${outer}" is ${kindOf(of)} and has no key "${key}".`
  return `"${outer}" has no key "${key}".${didYouMean(nearest(String(key), namesIn(of)))}`
}

/**
 * Keys without their values: `Object.keys` would ask a lazy object for each of them, and one may be the very value that
 * asks.
 */
const namesIn = (of: object): readonly string[] =>
  Reflect.ownKeys(of).filter((key) => typeof key === 'string')

function didYouMean(word: string | undefined): string {
  return word === undefined ? '' : ` Did you mean "${word}"?`
}

export function call(term: Call, compiler: Compiler): Run {
  const { definition } = term
  const args = term.args.map((arg) => compiler.run(arg))
  return (scope) => {
    const given = args.map((arg) => arg(scope))
    try {
      const isPlain = definition.keepsSecrets || !given.some(hasSecret)
      const value = isPlain ? definition.call(given, scope) : callWithSecrets(definition, given, scope)
      return known(value, term, compiler.place)
    } catch (error) {
      throw located(error, compiler.place, term.span)
    }
  }
}

/** The function's own error might quote what it was given, so another takes its place. */
function callWithSecrets(definition: FunctionDefinition, given: readonly unknown[], scope: Scope): unknown {
  const args = given.map(plain)
  try {
    return tainted(definition.call(args, scope))
  } catch (error) {
    if (error instanceof UnknownValue) throw error
    throw new BadArgument(`${definition.name} cannot work with this secret value.`)
  }
}
