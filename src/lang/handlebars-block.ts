import type { Block, Program } from './handlebars-ast.ts'
import { valueTerm } from './handlebars-expression.ts'
import type { Frame, Surroundings } from './handlebars-surroundings.ts'
import type { Span } from './span.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { BinaryOperator, Local, Term } from './term.ts'

interface Site {
  readonly block: Block
  readonly name: string
  readonly span: Span
  readonly around: Surroundings
}

/** `{{#if}}` and the other blocks. */
export function blockTerm(block: Block, around: Surroundings): Term {
  const name = block.path.original
  const span = around.spanOf(block.loc)
  const site = { block, name, span, around }
  const make = blocks[name]
  if (make) return make(site)
  if (comparisons[name]) return comparisonTerm(site, comparisons[name])
  throw new SyntaxProblem(`There is no block "${name}".`, around.spanOf(block.path.loc), {
    remedy: `Write {{#if ${name}}} or {{#each ${name}}}; for a function, {{#if (${name} …)}}.`,
  })
}

const blocks: Readonly<Record<string, (site: Site) => Term>> = {
  if: (site) => choice(site, truthy(onlyArgument(site))),
  unless: (site) => choice(site, { kind: 'not', of: truthy(onlyArgument(site)), span: site.span }),
  each: eachTerm,
  with: withTerm,
  raw: ({ block, around }) => around.programTerm(block.program, around),
}

const comparisons: Readonly<Record<string, BinaryOperator>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  in: 'in',
}

function truthy(of: Term): Term {
  return { kind: 'truthy', of, span: of.span }
}

function onlyArgument({ block, name, span, around }: Site): Term {
  const [argument, another] = block.params
  if (argument && !another) return valueTerm(argument, around)
  const [words] = block.params.slice(1)
  throw new SyntaxProblem(`{{#${name}}} takes one value, not ${block.params.length}.`, span, {
    ...(words ? { remedy: `Put a function with its arguments in parentheses: {{#${name} (eq a b)}}.` } : {}),
  })
}

function comparisonTerm(site: Site, operator: BinaryOperator): Term {
  const { block, name, span, around } = site
  const [left, right, another] = block.params
  if (!left || !right || another) {
    throw new SyntaxProblem(`{{#${name}}} takes two values, not ${block.params.length}.`, span)
  }
  return choice(site, {
    kind: 'binary',
    operator,
    left: valueTerm(left, around),
    right: valueTerm(right, around),
    span,
  })
}

function choice({ block, span, around }: Site, test: Term): Term {
  const whenTrue = around.programTerm(block.program, around)
  const whenFalse = around.programTerm(block.inverse, around)
  return { kind: 'conditional', test, whenTrue, whenFalse, span }
}

function eachTerm(site: Site): Term {
  const { block, span, around } = site
  const over = onlyArgument(site)
  const next = () => around.builder.slots++
  const slots = { item: next(), index: next(), key: next(), first: next(), last: next() }
  const item = { kind: 'local', slot: slots.item, label: 'this', from: { term: over, each: true } } as const
  const simple = (slot: number, label: string) => ({ kind: 'local', slot, label: `@${label}` }) as const
  const data = {
    index: simple(slots.index, 'index'),
    key: simple(slots.key, 'key'),
    first: simple(slots.first, 'first'),
    last: simple(slots.last, 'last'),
  }
  const params = blockParams(block.program, [item, data.key])
  const inside = { ...around, frames: [...around.frames, { item, data, params }] }
  const body = around.programTerm(block.program, inside)
  const otherwise = around.programTerm(block.inverse, around)
  return { kind: 'loop', over, slots, body, otherwise, span }
}

function withTerm(site: Site): Term {
  const { block, span, around } = site
  const value = onlyArgument(site)
  const slot = around.builder.slots++
  const item = { kind: 'local', slot, label: 'this', from: { term: value, each: false } } as const
  const params = blockParams(block.program, [item])
  const inside = { ...around, frames: [...around.frames, { item, params }] }
  const whenTrue = around.programTerm(block.program, inside)
  const whenFalse = around.programTerm(block.inverse, around)
  const test = truthy({ ...item, span })
  const body: Term = { kind: 'conditional', test, whenTrue, whenFalse, span }
  return { kind: 'bind', slot, value, body, span }
}

function blockParams(program: Program | undefined, locals: readonly Omit<Local, 'span'>[]): Frame['params'] {
  const names = program?.blockParams ?? []
  return new Map(
    names.flatMap((name, i) => (locals[i] ? [[name, { ...locals[i], label: name }] as const] : [])),
  )
}
