import { EvaluationError } from '#model/evaluation-error.ts'
import type { Node } from '#model/node.ts'
import type { Context } from './context.ts'
import { isTemplate, textOf } from './node-reading.ts'
import type { Scope } from './scope.ts'
import { scopeLookup } from './scope-lookup.ts'

/**
 * The name in an import, which is needed before the run: text, or a template over variables that are the same for
 * every host. Undefined, with a diagnostic, when it depends on a host.
 */
export function staticName(
  node: Node,
  { option, instead }: { option: string; instead: string },
  { scope, context }: { scope: Scope; context: Context },
): string | undefined {
  if (!isTemplate(node)) return literalName(node, option, context)
  const value = context.language.value(node)
  try {
    return String(value.render(scopeLookup(scope, context)))
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    const message = `An import is read before the run, but "${option}" is not known then. ${error.message}`
    context.report.add({ code: 'bad-keyword-use', message, remedy: instead, range: node.range })
    return undefined
  }
}

function literalName(node: Node, option: string, context: Context): string | undefined {
  const text = textOf(node)
  if (text === undefined || text.trim() === '') {
    const message = `"${option}" needs a name.`
    context.report.add({ code: 'missing-argument', message, range: node.range })
    return undefined
  }
  return text.trim()
}

/** What a template is when only variables that are the same for every host are known; undefined when that is too few. */
export function staticText(node: Node, scope: Scope, context: Context): string | undefined {
  const value = context.language.value(node)
  try {
    return String(value.render(scopeLookup(scope, context)))
  } catch (error) {
    if (error instanceof EvaluationError) return undefined
    throw error
  }
}
