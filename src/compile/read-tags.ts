import { EvaluationError } from '#model/evaluation-error.ts'
import type { Node } from '#model/node.ts'
import type { Context } from './context.ts'
import { itemsOf } from './node-reading.ts'
import type { Scope } from './scope.ts'
import { scopeLookup } from './scope-lookup.ts'

/** Tags as written: a list, or text with commas. Tags decide before the run, so they hold only what is known then. */
export function readTags(node: Node | undefined, scope: Scope, context: Context): readonly string[] {
  return node ? itemsOf(node).flatMap((item) => tagsOf(item, scope, context)) : []
}

function tagsOf(node: Node, scope: Scope, context: Context): readonly string[] {
  const rendered = renderStatic(node, scope, context, 'tags')
  const tags = Array.isArray(rendered) ? rendered : [rendered]
  return tags
    .filter((tag) => tag !== undefined && tag !== null)
    .flatMap((tag) => String(tag).split(/\s*,\s*/))
}

/** What a value is before the run; undefined, with a diagnostic, when it is only known per host. */
export function renderStatic(node: Node, scope: Scope, context: Context, keyword: string): unknown {
  const value = context.language.value(node)
  try {
    return value.render(scopeLookup(scope, context))
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    const message = `"${keyword}" is needed before the run and cannot be known then. ${error.message}`
    const remedy = 'Only variables of the play, of imports around it and of `-e` can be used here.'
    context.report.add({ code: 'bad-keyword-use', message, remedy, range: error.range ?? value.range })
    return undefined
  }
}
