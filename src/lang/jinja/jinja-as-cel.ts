import { celTerm } from '#lang/cel-term.ts'
import { SyntaxProblem } from '#lang/syntax-problem.ts'
import { parseJinja } from './parse-jinja.ts'
import { Untranslatable } from './phrase.ts'
import { translateJinja } from './translate-jinja.ts'
import { writeCel } from './write-cel.ts'

/** The same in CEL, if that can be done and gives something that compiles. */
export function celOfJinja(text: string): string | undefined {
  const parsed = parseJinja(text)
  if (!parsed) return undefined
  try {
    const cel = writeCel(translateJinja(parsed))
    return isExpression(cel) ? cel : undefined
  } catch (error) {
    if (error instanceof Untranslatable) return undefined
    throw error
  }
}

/** Whether a text is an expression that compiles. */
export function isExpression(text: string): boolean {
  try {
    celTerm(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxProblem) return false
    throw error
  }
}
