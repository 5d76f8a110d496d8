import type { Diagnostic } from '#model/diagnostic.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { Include, Included, IncludeRequest } from '#model/program.ts'
import type { Wanted } from './compile-request.ts'
import type { Context } from './context.ts'
import { Report } from './report.ts'

/** What opening an include during a run has at hand. */
export interface Later {
  /** A context whose project knows what is wanted, if it exists, and whose catalogue has the modules it uses. */
  knowing(wanted: Wanted): Promise<Context>
}

/**
 * Makes the `open` of an include. Each request is opened once, however many hosts come to it. What is wrong with
 * the file becomes one EvaluationError with all messages, since hosts are already at work.
 */
export function openLater(
  context: Context,
  open: (request: IncludeRequest, later: Later) => Promise<Included>,
): Include['open'] {
  const opened = new Map<string, Promise<Included>>()
  return (request) => {
    const key = JSON.stringify(request)
    const known = opened.get(key)
    if (known) return known
    const opening = openNow(context, (later) => open(request, later))
    opened.set(key, opening)
    return opening
  }
}

async function openNow(context: Context, open: (later: Later) => Promise<Included>): Promise<Included> {
  const report = new Report()
  const included = await open({
    knowing: async (wanted) => {
      const grown = await context.request.grow(context.project, wanted)
      report.addAll(grown.project.diagnostics.filter((one) => !context.project.diagnostics.includes(one)))
      for (const [file, text] of grown.project.sources) context.sources.set(file, text)
      return context.fork({ report, ...grown })
    },
  })
  const finished = context.finish(included, report)
  throwErrors(report.sorted().filter(({ severity }) => severity === 'error'))
  return finished
}

function throwErrors(errors: readonly Diagnostic[]): void {
  const [first] = errors
  if (!first) return
  const remedy = errors.length === 1 ? first.remedy : undefined
  throw new EvaluationError(errors.map(sentence).join('\n'), first.range, { ...(remedy && { remedy }) })
}

function sentence({ range, message }: Diagnostic): string {
  return range ? `${range.file}:${range.start.line}:${range.start.column}: ${message}` : message
}
