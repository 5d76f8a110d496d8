import type { DiagnosticCode } from '#model/diagnostic.ts'
import type { SourceRange } from '#model/source.ts'
import type { Project, YamlFile } from '#model/syntax.ts'
import type { Wanted } from './compile-request.ts'
import type { Scope } from './scope.ts'

/** Where a relative name is searched from. */
export const searchFrom = (scope: Scope): Pick<Wanted, 'from' | 'role'> => ({
  from: scope.file,
  ...(scope.role && { role: scope.role.name }),
})

interface Named {
  readonly name: string
  readonly scope: Scope
  readonly range?: SourceRange
}

/** The task file a name means, among those that were read. */
export function findTaskFile({ name, scope, range }: Named, project: Project): YamlFile | undefined {
  const kind = scope.place === 'handler' ? 'handlers' : 'tasks'
  const path = project.resolve({ kind, name, ...searchFrom(scope), ...(range && { range }) })
  return path === undefined ? undefined : (project.taskFiles.get(path) ?? ofRoles(project, path))
}

function ofRoles(project: Project, path: string): YamlFile | undefined {
  for (const role of project.roles.values()) {
    for (const file of [...role.tasks.values(), ...role.handlers.values()]) {
      if (file.absolutePath === path) return file
    }
  }
  return undefined
}

/** Whether reading the project has told of this place already. */
export function wasReported({ diagnostics }: Project, code: DiagnosticCode, at: SourceRange): boolean {
  return diagnostics.some(
    ({ code: one, range }) =>
      one === code && range?.file === at.file && range.start.offset === at.start.offset,
  )
}
