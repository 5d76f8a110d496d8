import type { Span } from './span.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { BinaryOperator, Term } from './term.ts'

/** A function that decides itself which of its arguments are evaluated, or stands for an operator. */
export interface SpecialForm {
  readonly name: string
  readonly signature: string
  readonly summary: string
  readonly example: readonly [expression: string, gives: unknown]
  build(args: readonly Term[], span: Span): Term
}

const nothing = (span: Span): Term => ({ kind: 'literal', value: null, span })

const truthy = (of: Term): Term => ({ kind: 'truthy', of, span: of.span })

/** `arguments` are as many as the signature asks for; `at` only convinces the compiler. */
const at = (args: readonly Term[], index: number, span: Span): Term => args[index] ?? nothing(span)

function isDefined(args: readonly Term[], span: Span): Term {
  return { kind: 'defined', of: at(args, 0, span), span }
}

const forms: readonly SpecialForm[] = [
  {
    name: 'default',
    signature: 'default(value, fallback?, when_empty?)',
    summary: 'Gives the value, or the fallback when it is not defined (or empty, if `when_empty` is true).',
    example: ["default({'a': 1}.b, 2)", 2],
    build: (args, span) => ({
      kind: 'default',
      of: at(args, 0, span),
      otherwise: args[1] ?? { kind: 'literal', value: '', span },
      span,
      ...(args[2] ? { whenEmpty: args[2] } : {}),
    }),
  },
  {
    name: 'defined',
    signature: 'defined(value)',
    summary: 'Tells whether a name or key is defined.',
    example: ["defined({'a': 1}.a)", true],
    build: isDefined,
  },
  {
    name: 'has',
    signature: 'has(value)',
    summary: 'The same as `defined`, by the name it has in CEL.',
    example: ["has({'a': 1}.b)", false],
    build: isDefined,
  },
  {
    name: 'ternary',
    signature: 'ternary(test, then, otherwise)',
    summary: 'Gives one of two values; only that one is evaluated.',
    example: ["ternary(true, 'yes', 'no')", 'yes'],
    build: (args, span) => ({
      kind: 'conditional',
      test: truthy(at(args, 0, span)),
      whenTrue: at(args, 1, span),
      whenFalse: at(args, 2, span),
      span,
    }),
  },
  {
    name: 'lookup',
    signature: 'lookup(container, key)',
    summary: 'Gives the value at a computed key of a mapping or index of a list.',
    example: ["lookup({'a': 1}, 'a')", 1],
    build: lookupTerm,
  },
  {
    name: 'list',
    signature: 'list(item…)',
    summary: 'Makes a list of its arguments.',
    example: ['list(1, 2)', [1, 2]],
    build: (items, span) => ({ kind: 'list', items, span }),
  },
  {
    name: 'not',
    signature: 'not(value)',
    summary: 'True when the value is false or empty.',
    example: ["not('')", true],
    build: (args, span) => ({ kind: 'not', of: truthy(at(args, 0, span)), span }),
  },
  logical('and', ['True when no value is false or empty.', 'and(true, 1)', true]),
  logical('or', ['True when a value is neither false nor empty.', "or(false, '')", false]),
  operator('eq', '==', ['True when both are equal.', 'eq(1, 1)', true]),
  operator('ne', '!=', ['True when they differ.', 'ne(1, 1)', false]),
  operator('lt', '<', ['True when the first is less.', 'lt(1, 2)', true]),
  operator('le', '<=', ['True when the first is not greater.', 'le(2, 2)', true]),
  operator('gt', '>', ['True when the first is greater.', 'gt(1, 2)', false]),
  operator('ge', '>=', ['True when the first is not less.', 'ge(2, 2)', true]),
  operator('in', 'in', [
    'True when a list, mapping or text contains it; CEL writes `a in b`.',
    '2 in [1, 2]',
    true,
  ]),
  operator('add', '+', ['Adds numbers, joins texts or lists.', 'add(1, 2)', 3]),
  operator('subtract', '-', ['Subtracts the second number from the first.', 'subtract(3, 1)', 2]),
  operator('multiply', '*', ['Multiplies two numbers.', 'multiply(2, 3)', 6]),
  operator('divide', '/', ['Divides two numbers; 5 by 2 is 2.5.', 'divide(5, 2)', 2.5]),
  operator('modulo', '%', ['Gives the remainder of a division.', 'modulo(5, 2)', 1]),
]

/** Jinja's `lookup('env', 'HOME')` has a text for its container, which makes no sense here. */
function lookupTerm(args: readonly Term[], span: Span): Term {
  const [of, key] = [at(args, 0, span), at(args, 1, span)]
  if (of.kind !== 'literal') return { kind: 'index', of, key, span }
  throw new SyntaxProblem(`There is no lookup "${of.value}".`, span, {
    code: 'jinja-syntax',
    remedy: 'Lookups are functions: env(name), file(path), pipe(command), fileglob(pattern).',
  })
}

type Documentation = readonly [summary: string, ...example: SpecialForm['example']]

function operator(name: string, written: BinaryOperator, [summary, ...example]: Documentation): SpecialForm {
  const build = (args: readonly Term[], span: Span): Term => ({
    kind: 'binary',
    operator: written,
    left: at(args, 0, span),
    right: at(args, 1, span),
    span,
  })
  return { name, signature: `${name}(a, b)`, summary, example, build }
}

function logical(kind: 'and' | 'or', [summary, ...example]: Documentation): SpecialForm {
  const build = (args: readonly Term[], span: Span): Term =>
    args.map(truthy).reduce((left, right): Term => ({ kind, left, right, span }))
  return { name: kind, signature: `${kind}(a, b, more…)`, summary, example, build }
}

export const specialForms: ReadonlyMap<string, SpecialForm> = new Map(forms.map((form) => [form.name, form]))
