import type { ASTNode } from '@marcbachmann/cel-js'
import { buildCall } from './build-call.ts'
import { CelMistake, parseCel } from './cel-parser.ts'
import type { Span } from './span.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { Binary, Comprehension, Local, Term } from './term.ts'

/** A parsed expression, and how many slots for local variables its evaluation needs. */
export interface ParsedTerm {
  readonly term: Term
  readonly slots: number
}

/** Reads CEL. Throws SyntaxProblem. */
export function celTerm(text: string): ParsedTerm {
  const builder = { slots: 0 }
  return { term: build(parsed(text), { locals: new Map(), builder }), slots: builder.slots }
}

function parsed(text: string): ASTNode {
  try {
    return parseCel(text)
  } catch (error) {
    if (!(error instanceof CelMistake)) throw error
    throw syntaxProblem(error.cause, text)
  }
}

/** The library's errors, in words for people. */
function syntaxProblem(error: Error, text: string): SyntaxProblem {
  const span = spanOf(error, text)
  if (span.start >= text.trimEnd().length) {
    return new SyntaxProblem('The expression ends too early.', {
      start: Math.max(0, text.length - 1),
      end: text.length,
    })
  }
  const found = text.slice(span.start, Math.max(span.end, span.start + 1))
  const code = 'code' in error ? error.code : ''
  if (code === 'reserved_identifier') {
    return new SyntaxProblem(`"${found}" is a reserved word of CEL and cannot name a variable.`, span)
  }
  if (code === 'limit_exceeded') return new SyntaxProblem('The expression is too long or too deep.', span)
  const reason = 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message
  if (code === 'unexpected_token' || code === 'expected_token' || code === 'unexpected_character') {
    const remedy = oneEqualsSign(text, span)
    return new SyntaxProblem(`"${found}" is not expected here.`, span, remedy ? { remedy } : {})
  }
  return new SyntaxProblem(`${reason.replace(/[.\s]+$/, '')}.`, span)
}

function oneEqualsSign(text: string, { start }: Span): string | undefined {
  return text[start] === '=' && text[start + 1] !== '=' ? 'Write "==" to compare.' : undefined
}

function spanOf(error: Error, text: string): Span {
  const range: unknown = 'range' in error ? error.range : undefined
  if (typeof range !== 'object' || range === null || !('start' in range) || !('end' in range)) {
    return { start: 0, end: text.length }
  }
  const { start, end } = range
  if (typeof start !== 'number' || typeof end !== 'number') return { start: 0, end: text.length }
  return { start, end: Math.max(end, start + 1) }
}

interface Surroundings {
  readonly locals: ReadonlyMap<string, Omit<Local, 'span'>>
  readonly builder: { slots: number }
}

type NodeOf<Op extends ASTNode['op']> = Extract<ASTNode, { op: Op }>

function build(node: ASTNode, around: Surroundings): Term {
  const span = { start: node.start, end: node.end }
  switch (node.op) {
    case 'value':
      return { kind: 'literal', value: literalOf(node, span), span }
    case 'id':
      return nameTerm(node.args, span, around)
    case '.':
    case '[]':
      return accessTerm(node, span, around)
    case 'call':
    case 'rcall':
      return callTerm(node, span, around)
    case 'list':
      return { kind: 'list', items: node.args.map((item) => build(item, around)), span }
    case 'map': {
      const entries = node.args.map(([key, value]) => [build(key, around), build(value, around)] as const)
      return { kind: 'map', entries, span }
    }
    default:
      return buildOperation(node, span, around)
  }
}

type Operation = Exclude<ASTNode, { op: 'value' | 'id' | '.' | '[]' | 'call' | 'rcall' | 'list' | 'map' }>

function buildOperation(node: Operation, span: Span, around: Surroundings): Term {
  switch (node.op) {
    case '?:': {
      const [test, then, otherwise] = node.args
      return {
        kind: 'conditional',
        test: build(test, around),
        whenTrue: build(then, around),
        whenFalse: build(otherwise, around),
        span,
      }
    }
    case '&&':
    case '||': {
      const [left, right] = node.args
      const kind = node.op === '&&' ? 'and' : 'or'
      return { kind, left: build(left, around), right: build(right, around), span }
    }
    case '!_':
      return { kind: 'not', of: build(node.args, around), span }
    case '-_':
      return negated(build(node.args, around), span)
    case '.?':
    case '[?]':
      throw new SyntaxProblem('tsplay has no optional access.', span, {
        remedy: 'Write default(a.b, x) for a value that may be missing.',
      })
    default:
      return binaryTerm(node, span, around)
  }
}

/** A negative number is a literal, so that `list[-1]` is known to read the last item. */
function negated(of: Term, span: Span): Term {
  if (of.kind === 'literal' && typeof of.value === 'number')
    return { kind: 'literal', value: -of.value, span }
  return { kind: 'negate', of, span }
}

function binaryTerm(node: NodeOf<Binary['operator']>, span: Span, around: Surroundings): Term {
  const [left, right] = node.args
  return { kind: 'binary', operator: node.op, left: build(left, around), right: build(right, around), span }
}

/** CEL's integers are BigInt in the library; playbooks know one kind of number. */
function literalOf(node: NodeOf<'value'>, span: Span): unknown {
  const value: unknown = node.args
  if (typeof value === 'bigint') {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new SyntaxProblem(`The number ${value} is too large.`, span)
    return number
  }
  if (typeof value === 'object' && value !== null) {
    throw new SyntaxProblem('tsplay has no bytes and no unsigned numbers.', span)
  }
  if (typeof value === 'string') refuseTemplate(value, span)
  return value
}

/** `x == "{{ y }}"`: a template inside an expression would be compared as it stands. */
function refuseTemplate(text: string, span: Span): void {
  const inner = /^\{\{-?\s*([A-Za-z_][\w.]*)[^{}]*\}\}$/.exec(text.trim())?.[1]
  if (inner === undefined) return
  throw new SyntaxProblem('Quoted text in an expression is no template.', span, {
    code: 'jinja-syntax',
    remedy: `Write ${inner} without quotes and braces.`,
  })
}

const pythonWords: ReadonlyMap<string, string> = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
  ['none', 'null'],
])

function nameTerm(name: string, span: Span, { locals }: Surroundings): Term {
  const local = locals.get(name)
  if (local) return { ...local, span }
  const word = pythonWords.get(name)
  if (word === undefined) return { kind: 'name', name, span }
  throw new SyntaxProblem(`"${name}" is written "${word}" in CEL.`, span, {
    code: 'jinja-syntax',
    remedy: `Write ${word}.`,
  })
}

function accessTerm(node: NodeOf<'.' | '[]'>, span: Span, around: Surroundings): Term {
  if (node.op === '.') {
    const [of, key] = node.args
    return { kind: 'member', of: build(of, around), key, span: { start: node.pos, end: span.end } }
  }
  const [of, key] = node.args
  return { kind: 'index', of: build(of, around), key: build(key, around), span }
}

function callTerm(node: NodeOf<'call' | 'rcall'>, span: Span, around: Surroundings): Term {
  if (node.op === 'call') {
    const [name, args] = node.args
    return buildCall({ name, args: args.map((arg) => build(arg, around)), span, syntax: 'cel' })
  }
  const [name, receiver, args] = node.args
  if (receiver.op === 'id' && receiver.args === 'cel' && name === 'bind') return bindTerm(args, span, around)
  const mode = comprehensionModes.get(name)
  const variable = args[0]
  if (mode && variable?.op === 'id' && args.length >= 2) {
    return comprehensionTerm({ mode, receiver, variable: variable.args, rest: args.slice(1) }, span, around)
  }
  return buildCall({ name, args: [receiver, ...args].map((arg) => build(arg, around)), span, syntax: 'cel' })
}

const comprehensionModes: ReadonlyMap<string, Comprehension['mode']> = new Map([
  ['map', 'map'],
  ['filter', 'filter'],
  ['all', 'all'],
  ['exists', 'exists'],
  ['exists_one', 'exists_one'],
])

interface MacroCall {
  readonly mode: Comprehension['mode']
  readonly receiver: ASTNode
  readonly variable: string
  readonly rest: readonly ASTNode[]
}

function comprehensionTerm(call: MacroCall, span: Span, around: Surroundings): Term {
  const over = build(call.receiver, around)
  const slot = around.builder.slots++
  const local = { kind: 'local', slot, label: call.variable, from: { term: over, each: true } } as const
  const inside = { ...around, locals: new Map(around.locals).set(call.variable, local) }
  const [first, second] = call.rest.map((part) => build(part, inside))
  if (!first) throw new SyntaxProblem(`"${call.mode}" needs an expression for each item.`, span)
  const { mode } = call
  if (!second) return { kind: 'comprehension', mode, over, slot, body: first, span }
  return { kind: 'comprehension', mode, over, slot, where: first, body: second, span }
}

function bindTerm(args: readonly ASTNode[], span: Span, around: Surroundings): Term {
  const [variable, value, body] = args
  if (variable?.op !== 'id' || !value || !body || args.length !== 3) {
    throw new SyntaxProblem('Write cel.bind(name, value, expression).', span)
  }
  const bound = build(value, around)
  const slot = around.builder.slots++
  const local = { kind: 'local', slot, label: variable.args, from: { term: bound, each: false } } as const
  const inside = { ...around, locals: new Map(around.locals).set(variable.args, local) }
  return { kind: 'bind', slot, value: bound, body: build(body, inside), span }
}
