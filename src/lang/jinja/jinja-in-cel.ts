import type { SyntaxProblem } from '#lang/syntax-problem.ts'

/** Stands in until the translation is written. */
export function jinjaInCel(_text: string, _problem: SyntaxProblem): SyntaxProblem | undefined {
  return undefined
}
