import type { ParsedTerm } from './cel-term.ts'
import type { Block, Content, Mustache, Program, Statement } from './handlebars-ast.ts'
import { blockTerm } from './handlebars-block.ts'
import { expressionTerm } from './handlebars-expression.ts'
import { HandlebarsProblem, parseHandlebars } from './handlebars-parser.ts'
import type { Surroundings } from './handlebars-surroundings.ts'
import { spansIn } from './line-starts.ts'
import type { Span } from './span.ts'
import { SyntaxProblem } from './syntax-problem.ts'
import type { Term } from './term.ts'

/** Reads a template. One that is exactly one expression becomes that expression, so its type is kept. */
export function handlebarsTerm(text: string): ParsedTerm {
  const program = parsed(text)
  const builder = { slots: 0 }
  const around: Surroundings = { text, builder, spanOf: spansIn(text), frames: [], programTerm }
  return { term: wholeTerm(program, around), slots: builder.slots }
}

function wholeTerm(program: Program, around: Surroundings): Term {
  const [only, another] = program.body
  const isWhole = only?.type === 'MustacheStatement' && another === undefined
  if (isWhole && spansAll(only, around)) return mustacheTerm(only, around)
  return programTerm(program, around)
}

/** Comments and white space that `~` removed leave no statement but are not nothing either. */
function spansAll({ loc }: Mustache, { text, spanOf }: Surroundings): boolean {
  const { start, end } = spanOf(loc)
  return start === 0 && end === text.length
}

function programTerm(program: Program | undefined, around: Surroundings): Term {
  const parts = (program?.body ?? []).flatMap((statement) => statementTerms(statement, around))
  const span = { start: parts[0]?.span.start ?? 0, end: parts.at(-1)?.span.end ?? 0 }
  const [only] = parts
  if (parts.length === 0) return { kind: 'literal', value: '', span }
  if (parts.length === 1 && only?.kind === 'literal' && typeof only.value === 'string') return only
  return { kind: 'text', parts, span }
}

function statementTerms(statement: Statement, around: Surroundings): readonly Term[] {
  switch (statement.type) {
    case 'ContentStatement':
      return contentTerms(statement, around)
    case 'MustacheStatement':
      return [mustacheTerm(statement, around)]
    case 'BlockStatement':
      return [blockOf(statement, around)]
    case 'CommentStatement':
      return []
    default:
      throw new SyntaxProblem('tsplay has no partials and no decorators.', around.spanOf(statement.loc), {
        remedy: 'Put the text into a variable or into the template itself.',
      })
  }
}

function contentTerms({ value, loc }: Content, { spanOf }: Surroundings): readonly Term[] {
  return value === '' ? [] : [{ kind: 'literal', value, span: spanOf(loc) }]
}

function mustacheTerm({ path, params, hash, loc }: Mustache, around: Surroundings): Term {
  return expressionTerm({ path, params, hash, span: around.spanOf(loc), isStatement: true }, around)
}

function blockOf(block: Block, around: Surroundings): Term {
  return blockTerm(block, around)
}

function parsed(text: string): Program {
  try {
    return parseHandlebars(text)
  } catch (error) {
    if (error instanceof HandlebarsProblem) throw syntaxProblem(error, text)
    throw error
  }
}

/** The grammar's errors, in words for people. */
function syntaxProblem(problem: HandlebarsProblem, text: string): SyntaxProblem {
  const span = problemSpan(problem, text)
  const mismatch = /^(\S+) doesn't match (\S+)/.exec(problem.message)
  if (mismatch) {
    const [, opened, closed] = mismatch
    return new SyntaxProblem(`{{#${opened}}} is closed by {{/${closed}}}.`, span)
  }
  if (problem.found === 'EOF') return endsTooEarly(text, span)
  const open = text.lastIndexOf('{{', span.start)
  if (open >= 0 && !text.includes('}}', open)) {
    return new SyntaxProblem(
      '"{{" is never closed by "}}".',
      { start: open, end: open + 2 },
      { remedy: literalRemedy },
    )
  }
  const found = text.slice(span.start, span.end)
  const index = /\.(\d+)\s*$/.exec(text.slice(0, span.end))
  if (index && /^[\w.]*\d$/.test(found)) {
    return new SyntaxProblem(`"${found}" is not expected here.`, span, {
      remedy: `Write an index as .[${index[1]}].`,
    })
  }
  return new SyntaxProblem(`The template has "${found}" where it is not expected.`, span, {
    remedy: literalRemedy,
  })
}

const literalRemedy =
  'To write "{{" literally, put a backslash before it (\\{{) or tag the whole value !unsafe.'

function endsTooEarly(text: string, span: Span): SyntaxProblem {
  const open: string[] = []
  for (const [, sign, name = ''] of text.matchAll(/\{\{~?([#^/])\s*(\w+)/g)) {
    if (sign === '/') open.pop()
    else open.push(name)
  }
  const last = open.at(-1)
  if (last) return new SyntaxProblem(`{{#${last}}} is never closed.`, span, { remedy: `Add {{/${last}}}.` })
  return new SyntaxProblem('The template ends too early.', span)
}

function problemSpan({ at, found }: HandlebarsProblem, text: string): Span {
  if (found === 'EOF') {
    const start = Math.max(0, text.lastIndexOf('{{'))
    return { start, end: text.length }
  }
  if (!at) return { start: 0, end: text.length }
  const { start } = spansIn(text)({ start: at, end: at })
  // One word, or one sign.
  const token = /^(?:[\w.@-]+|[\s\S])/.exec(text.slice(start))?.[0] ?? ''
  return { start, end: start + token.length }
}
