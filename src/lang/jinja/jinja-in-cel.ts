import { parseCel } from '#lang/cel-parser.ts'
import { SyntaxProblem } from '#lang/syntax-problem.ts'
import { celOfJinja, isExpression } from './jinja-as-cel.ts'
import { parseJinja } from './parse-jinja.ts'

/**
 * When an expression that CEL refuses is Jinja: the problem said as such, with the same in CEL. Undefined when
 * it is not Jinja either, or is plain CEL with another mistake in it.
 */
export function jinjaInCel(text: string, problem: SyntaxProblem): SyntaxProblem | undefined {
  const braced = /^\s*\{\{-?([\s\S]*?)-?\}\}\s*$/.exec(text)?.[1]?.trim()
  if (braced !== undefined && !braced.includes('{{')) return withoutBraces(braced, text)
  const parsed = parseJinja(text)
  if (!parsed) return undefined
  const cel = celOfJinja(text)
  if (cel !== undefined) {
    return new SyntaxProblem('This is written in Jinja.', problem.span, {
      code: 'jinja-syntax',
      remedy: `Write: ${cel}`,
    })
  }
  // What CEL can parse is CEL with a wrong name in it, not Jinja.
  if (isCel(text)) return undefined
  return new SyntaxProblem('This is written in Jinja.', problem.span, {
    code: 'jinja-syntax',
    remedy: general,
  })
}

const general =
  'In CEL, write f(x) for "x | f", && for "and", || for "or", !x for "not x" and defined(x) for "x is defined".'

function withoutBraces(inner: string, text: string): SyntaxProblem {
  const span = { start: text.length - text.trimStart().length, end: text.trimEnd().length }
  const cel = isExpression(inner) ? inner : celOfJinja(inner)
  return new SyntaxProblem('A condition is an expression already and needs no "{{ }}".', span, {
    code: 'jinja-syntax',
    remedy: cel === undefined ? general : `Write: ${cel}`,
  })
}

function isCel(text: string): boolean {
  try {
    parseCel(text)
    return true
  } catch {
    return false
  }
}
