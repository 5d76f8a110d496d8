import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { ResolveRequest } from '#model/syntax.ts'

/** The folder of a role, and of its neighbours, in which a kind of file lies. */
export type SearchKind = 'files' | 'templates' | 'vars' | 'tasks' | 'handlers'

/** Where what a project's text names lies, by what it is. */
export const folderOf = {
  tasks: 'tasks',
  handlers: 'handlers',
  vars: 'vars',
  template: 'templates',
  file: 'files',
} as const satisfies Record<ResolveRequest['kind'], SearchKind>

export interface SearchRequest {
  readonly kind: SearchKind
  /** As written; may be absolute or begin with `~/`. */
  readonly name: string
  /** Absolute path of the file that names it. */
  readonly from: string
  /** Absolute path of the role it is in, then of the roles that led there, innermost first. */
  readonly rolePaths?: readonly string[]
  readonly playbookFolder: string
}

/**
 * Where a relative name may lie, best place first, as Ansible searches. Task files: beside the file that names
 * them, the role's `tasks/`, the playbook's folder. All else: the role's `files/` (or `templates/`, `vars/`), the
 * role, the folder of the naming file, the playbook's folder, each first in its subfolder of that kind.
 */
export function searchPath(request: SearchRequest): readonly string[] {
  const name = request.name.startsWith('~/') ? join(homedir(), request.name.slice(2)) : request.name
  if (isAbsolute(name)) return [join(name)]
  const named = { ...request, name }
  return [...new Set(isTaskList(request.kind) ? taskPlaces(named) : filePlaces(named))]
}

function isTaskList(kind: SearchKind): boolean {
  return kind === 'tasks' || kind === 'handlers'
}

function taskPlaces({ kind, name, from, rolePaths = [], playbookFolder }: SearchRequest): readonly string[] {
  const kinds = kind === 'handlers' ? ['handlers', 'tasks'] : ['tasks']
  const inRoles = rolePaths.flatMap((role) => kinds.map((folder) => join(role, folder, name)))
  return [join(dirname(from), name), ...inRoles, join(playbookFolder, name)]
}

function filePlaces({ kind, name, from, rolePaths = [], playbookFolder }: SearchRequest): readonly string[] {
  const folders = [...rolePaths, dirname(from), playbookFolder]
  return folders.flatMap((folder) => inFolder(folder, kind, name))
}

/** A name that already begins with `files/` is not looked for in `files/files/`, nor below a `tasks/` folder of a role. */
function inFolder(folder: string, kind: SearchKind, name: string): readonly string[] {
  const here = join(folder, name)
  if (name.split('/', 1)[0] === kind || basename(folder) === kind) return [here]
  return [join(folder, kind, name), here]
}
