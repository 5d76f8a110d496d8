import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { Expression } from '#model/value.ts'
import { provenWhen } from './analyse.ts'
import { celTerm, type ParsedTerm } from './cel-term.ts'
import { evaluable } from './evaluable.ts'
import { jinjaInCel } from './jinja/jinja-in-cel.ts'
import { offsetPlace, type Place, scalarPlace, textPlace } from './place.ts'
import { union } from './sets.ts'
import { diagnosticOf, SyntaxProblem } from './syntax-problem.ts'
import type { Term } from './term.ts'

export interface CompiledExpression {
  /** Absent when there are diagnostics. */
  readonly expression?: Expression
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Compiles a CEL expression. `offsets` says where in the file each character stands when the text is not
 * written there as it is.
 */
export function compileExpression(
  text: string,
  range: SourceRange,
  offsets?: readonly number[],
): CompiledExpression {
  const place = offsets ? offsetPlace(offsets, range) : textPlace(text, range)
  const { expression, diagnostics } = compileCel(text, place)
  return expression ? { expression, diagnostics } : { diagnostics }
}

export interface CompiledConditions {
  readonly conditions: readonly Expression[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Compiles a condition: an expression, true or false, or a list of them, of which all must hold. Later ones of
 * a list may rely on what earlier ones found to be defined.
 */
export function compileCondition(node: Node): CompiledConditions {
  if (node.kind === 'map') return wrongCondition(node)
  const items = node.kind === 'list' ? node.items : [node]
  const conditions: Expression[] = []
  const diagnostics: Diagnostic[] = []
  let guards: ReadonlySet<string> = new Set()
  for (const item of items) {
    const compiled = compileOne(item, guards)
    diagnostics.push(...compiled.diagnostics)
    if (compiled.expression) conditions.push(compiled.expression)
    if (compiled.term) guards = union(guards, provenWhen(true, compiled.term))
  }
  return { conditions, diagnostics }
}

interface Compiled extends CompiledExpression {
  readonly term?: Term
}

function compileOne(node: Node, guards: ReadonlySet<string>): Compiled {
  if (node.kind !== 'scalar') return { diagnostics: wrongCondition(node).diagnostics }
  if (typeof node.value === 'boolean') return { expression: constant(node, node.value), diagnostics: [] }
  if (typeof node.value !== 'string') return { diagnostics: wrongCondition(node).diagnostics }
  return compileCel(node.value, scalarPlace(node), guards)
}

function wrongCondition({ range }: Node): CompiledConditions {
  const message = 'A condition is an expression, true or false, or a list of them.'
  return { conditions: [], diagnostics: [{ code: 'wrong-type', severity: 'error', message, range }] }
}

/** Compiles a YAML scalar as CEL: `!expr` values, and arguments that are expressions. */
export function compileScalarExpression(node: ScalarNode): CompiledExpression {
  if (typeof node.value === 'string') {
    const { expression, diagnostics } = compileCel(node.value, scalarPlace(node))
    return expression ? { expression, diagnostics } : { diagnostics }
  }
  return { expression: constant(node, node.value), diagnostics: [] }
}

function constant(node: ScalarNode, value: ScalarNode['value']): Expression {
  const term: ParsedTerm = { term: { kind: 'literal', value, span: { start: 0, end: 0 } }, slots: 0 }
  return evaluable(String(value), term, scalarPlace(node))
}

function compileCel(text: string, place: Place, guards?: ReadonlySet<string>): Compiled {
  if (text.trim() === '') {
    const empty = new SyntaxProblem('The expression is empty.', { start: 0, end: text.length })
    return { diagnostics: [diagnosticOf(empty, 'bad-expression', place)] }
  }
  try {
    refuseDivision(text)
    const parsed = celTerm(text)
    return { expression: evaluable(text, parsed, place, guards), term: parsed.term, diagnostics: [] }
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    const problem = jinjaInCel(text, error) ?? error
    return { diagnostics: [diagnosticOf(problem, 'bad-expression', place)] }
  }
}

/**
 * Jinja divides with `//`, where CEL begins a comment: the rest would silently not count. Comments have a
 * place only in expressions of several lines.
 */
function refuseDivision(text: string): void {
  if (!text.includes('//') || text.trim().includes('\n')) return
  const outsideQuotes = text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (quoted) =>
    ' '.repeat(quoted.length),
  )
  const start = outsideQuotes.indexOf('//')
  if (start < 0) return
  throw new SyntaxProblem(
    '"//" begins a comment in CEL.',
    { start, end: start + 2 },
    {
      code: 'jinja-syntax',
      remedy: 'Write int(a / b) to divide without remainder.',
    },
  )
}
