import type { Diagnostic } from '#model/diagnostic.ts'
import { type Evaluable, evaluable } from './evaluable.ts'
import { handlebarsTerm } from './handlebars-term.ts'
import { jinjaInTemplate, jinjaTags } from './jinja/jinja-in-template.ts'
import type { Place } from './place.ts'
import { diagnosticOf, SyntaxProblem } from './syntax-problem.ts'

export interface CompiledTemplate {
  readonly template?: Evaluable
  /** The text itself, when there was nothing in it but escaped braces. */
  readonly constant?: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Compiles a template text; with an error in it there is no template. */
export function compileTemplate(text: string, place: Place): CompiledTemplate {
  const tags = jinjaTags(text, place)
  try {
    const parsed = handlebarsTerm(text)
    const { term } = parsed
    const isConstant = term.kind === 'literal' && typeof term.value === 'string'
    if (isConstant) return { constant: String(term.value), diagnostics: tags }
    return { template: evaluable(text, parsed, place), diagnostics: tags }
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    const problem = jinjaInTemplate(text, error) ?? error
    return { diagnostics: [...tags, diagnosticOf(problem, 'bad-template', place)] }
  }
}
