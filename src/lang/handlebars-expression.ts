import { buildCall, functionHint, isFunction, signatureOf } from './build-call.ts'
import { parametersOf } from './functions/function-parameters.ts'
import type { Expression, Hash, Path } from './handlebars-ast.ts'
import { pathTerm } from './handlebars-path.ts'
import type { Surroundings } from './handlebars-surroundings.ts'
import type { Span } from './span.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { Term } from './term.ts'

interface Invocation {
  readonly path: Expression
  readonly params: readonly Expression[]
  readonly hash: Hash | undefined
  readonly span: Span
  /** A mustache of its own, where `{{now}}` may call a function without arguments. */
  readonly isStatement: boolean
}

/** What stands between the braces, or between parentheses inside them. */
export function expressionTerm(invocation: Invocation, around: Surroundings): Term {
  const { path, params, hash, span } = invocation
  const hasArguments = params.length > 0 || hash !== undefined
  if (path.type !== 'PathExpression') {
    if (!hasArguments) return valueTerm(path, around)
    throw new SyntaxProblem('Only a function can have arguments.', around.spanOf(path.loc))
  }
  if (!hasArguments && invocation.isStatement) return bareTerm(path, around)
  const name = functionName(path, around)
  return buildCall({ name, args: argumentTerms(name, invocation, around), span, syntax: 'handlebars' })
}

/** A path alone is a variable. `{{now}}` is one too if it exists; only then the function. */
function bareTerm(path: Path, around: Surroundings): Term {
  const read = pathTerm(path, around)
  if (read.kind !== 'name' || !isFunction(read.name)) return read
  if (parametersOf(signatureOf(read.name) ?? '').least > 0) return read
  const call = buildCall({ name: read.name, args: [], span: read.span, syntax: 'handlebars' })
  return call.kind === 'call' ? { kind: 'name-or-call', name: read, call, span: read.span } : read
}

function functionName(path: Path, around: Surroundings): string {
  const [name] = path.parts
  const isPlain = !path.data && path.depth === 0 && path.parts.length === 1 && name !== undefined
  if (isPlain && isFunction(name)) return name
  const span = around.spanOf(path.loc)
  throw new SyntaxProblem(`There is no function "${path.original}".${functionHint(path.original)}`, span, {
    remedy: 'Write {{function argument …}}; without arguments, {{name}} is a variable.',
  })
}

function argumentTerms(name: string, { params, hash }: Invocation, around: Surroundings): readonly Term[] {
  const args = params.map((param) => valueTerm(param, around))
  if (!hash) return args
  if (name === 'dict' && args.length === 0) return [hashTerm(hash, around)]
  return withNamed(name, { args, hash }, around)
}

function hashTerm(hash: Hash, around: Surroundings): Term {
  const entries = hash.pairs.map(({ key, value, loc }) => {
    const span = around.spanOf(loc)
    return [{ kind: 'literal', value: key, span }, valueTerm(value, around)] as const
  })
  return { kind: 'map', entries, span: around.spanOf(hash.loc) }
}

/** `{{indent text width=2}}`: named arguments in the places their names have in the signature. */
function withNamed(
  name: string,
  { args, hash }: { args: readonly Term[]; hash: Hash },
  around: Surroundings,
): readonly Term[] {
  const { names, most } = parametersOf(signatureOf(name) ?? '')
  const result = [...args]
  for (const pair of hash.pairs) {
    const span = around.spanOf(pair.loc)
    const index = names.indexOf(pair.key)
    if (index < 0) {
      throw new SyntaxProblem(`${name} has no argument "${pair.key}"; it has ${names.join(', ')}.`, span)
    }
    const value = valueTerm(pair.value, around)
    if (most === Number.POSITIVE_INFINITY) result.push(value)
    else if (index < args.length) throw new SyntaxProblem(`"${pair.key}" is given twice.`, span)
    else result[index] = value
  }
  return Array.from(result, (term, i) => term ?? notGiven(i, around))
}

/** An argument left out before a named one. Functions take undefined for "not given". */
function notGiven(_index: number, around: Surroundings): Term {
  return { kind: 'literal', value: undefined, span: { start: 0, end: around.text.length } }
}

/** A value in argument position. */
export function valueTerm(node: Expression, around: Surroundings): Term {
  const span = around.spanOf(node.loc)
  switch (node.type) {
    case 'PathExpression':
      return pathTerm(node, around)
    case 'SubExpression':
      return expressionTerm({ ...node, hash: node.hash, span, isStatement: false }, around)
    case 'NullLiteral':
      return { kind: 'literal', value: null, span }
    case 'UndefinedLiteral':
      throw new SyntaxProblem('"undefined" is no value; write null.', span)
    default:
      return { kind: 'literal', value: node.value, span }
  }
}
