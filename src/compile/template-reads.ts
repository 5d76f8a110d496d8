import { compileTemplateFile } from '#lang/compile-template-file.ts'
import type { Task } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import type { Context } from './context.ts'
import { staticLookup } from './static-lookup.ts'

/** The template file that a task renders, when its name is written out and the file was read with the project. */
export function templateOf(task: Task, context: Context): Value | undefined {
  const src = task.module === 'template' ? task.args.child('src') : undefined
  if (!src?.literal) return undefined
  const from = context.places.get(task.id)
  const name = String(src.render(staticLookup([])))
  const path = from && context.project.resolve({ kind: 'template', name, ...from })
  const file = path === undefined ? undefined : context.project.templates?.get(path)
  if (!file) return undefined
  const { value, diagnostics } = compileTemplateFile(file.text, file.path)
  context.report.addAll(diagnostics)
  return value
}
