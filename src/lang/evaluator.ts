import * as access from './evaluate-access.ts'
import * as collections from './evaluate-collections.ts'
import * as logic from './evaluate-logic.ts'
import type { Place } from './place.ts'
import type { Compiler, Run } from './scope.ts'
import type { Term } from './term.ts'

/** The function that evaluates a term. Errors carry the range of what failed, by way of `place`. */
export function evaluator(term: Term, place: Place): Run {
  const compiler: Compiler = { place, run: (inner) => compiled(inner, compiler) }
  return compiler.run(term)
}

function compiled(term: Term, compiler: Compiler): Run {
  switch (term.kind) {
    case 'literal':
      return () => term.value
    case 'name':
    case 'local':
    case 'member':
    case 'index':
    case 'call':
    case 'name-or-call':
      return compiledAccess(term, compiler)
    case 'list':
      return collections.list(term, compiler)
    case 'map':
      return collections.map(term, compiler)
    case 'comprehension':
      return collections.comprehension(term, compiler)
    case 'bind':
      return collections.bind(term, compiler)
    case 'text':
      return collections.text(term, compiler)
    case 'loop':
      return collections.loop(term, compiler)
    default:
      return compiledLogic(term, compiler)
  }
}

type Access = Extract<Term, { kind: 'name' | 'local' | 'member' | 'index' | 'call' | 'name-or-call' }>

function compiledAccess(term: Access, compiler: Compiler): Run {
  switch (term.kind) {
    case 'name':
      return access.name(term, compiler)
    case 'local':
      return access.local(term, compiler)
    case 'member':
      return access.memberOf(term, compiler)
    case 'index':
      return access.index(term, compiler)
    case 'call':
      return access.call(term, compiler)
    case 'name-or-call':
      return access.nameOrCall(term, compiler)
  }
}

type Logic = Extract<
  Term,
  { kind: 'not' | 'negate' | 'truthy' | 'binary' | 'and' | 'or' | 'conditional' | 'defined' | 'default' }
>

function compiledLogic(term: Logic, compiler: Compiler): Run {
  switch (term.kind) {
    case 'and':
    case 'or':
      return logic.logical(term, compiler)
    case 'conditional':
      return logic.conditional(term, compiler)
    case 'defined':
      return logic.defined(term, compiler)
    case 'default':
      return logic.defaultTo(term, compiler)
    case 'binary':
      return logic.binary(term, compiler)
    default:
      return logic.unary(term, compiler)
  }
}
