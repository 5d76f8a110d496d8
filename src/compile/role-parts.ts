import type { SourceRange } from '#model/source.ts'
import type { Context } from './context.ts'
import { didYouMean } from './report.ts'

/** Which files of a role are used: `main`, or what `tasks_from` and its like say. */
export interface RoleParts {
  readonly tasks: string
  readonly vars: string
  readonly defaults: string
  readonly handlers: string
}

/** One part of a role; reports a file that was asked for by name and does not exist. */
export function readRolePart<F>(
  files: ReadonlyMap<string, F>,
  part: keyof RoleParts,
  { name, from, range }: { name: string; from: RoleParts; range: SourceRange },
  context: Context,
): F | undefined {
  const file = from[part].replace(/\.(ya?ml|json)$/, '')
  const found = files.get(file)
  if (found !== undefined || file === 'main') return found
  const message = `The role "${name}" has no file "${file}" in its folder "${part}".`
  context.report.add({ code: 'file-missing', message, remedy: didYouMean(file, files.keys()), range })
  return undefined
}
