import type { Diagnostic } from './diagnostic.ts'
import type { MapNode, Node } from './node.ts'
import type { SourceRange } from './source.ts'

/** A YAML file as read: its tree, or undefined when it is empty or broken (then there is a diagnostic). */
export interface YamlFile {
  /** As the user would write it: relative to the working folder when below it. */
  readonly path: string
  readonly absolutePath: string
  readonly root: Node | undefined
}

/** A variables file (`vars_files`, `group_vars`, role `defaults` …): a mapping of names. */
export interface VarsFile extends YamlFile {
  readonly root: MapNode | undefined
}

/** What is on disk of one role. Folders that do not exist are empty maps. Keys are paths inside the folder. */
export interface RoleFiles {
  readonly name: string
  /** Absolute path of the role's folder. */
  readonly path: string
  /** `main.yml` and any other file of `tasks/`, by path inside it without extension: `main`, `debian/setup`. */
  readonly tasks: ReadonlyMap<string, YamlFile>
  readonly handlers: ReadonlyMap<string, YamlFile>
  /** In the order in which they apply. */
  readonly defaults: ReadonlyMap<string, readonly VarsFile[]>
  readonly vars: ReadonlyMap<string, readonly VarsFile[]>
  readonly meta?: YamlFile
  /** `meta/argument_specs.yml`, or the same inside `meta/main.yml`. */
  readonly argumentSpecs?: YamlFile
  /** Absolute paths of `modules/*.ts`. */
  readonly modules: readonly string[]
}

/** A playbook file with everything its import_playbook entries name, each entry in place. */
export interface PlaybookFile extends YamlFile {
  /** Files named by `import_playbook`, keyed by the text of the entry. */
  readonly imports: ReadonlyMap<string, PlaybookFile>
}

/**
 * A whole project after reading: nothing has a meaning yet, but every file that the text names with a literal
 * name has been found and read, or has a diagnostic.
 */
export interface Project {
  readonly playbooks: readonly PlaybookFile[]
  readonly roles: ReadonlyMap<string, RoleFiles>
  /** Task files named by import_tasks and include_tasks, by absolute path. */
  readonly taskFiles: ReadonlyMap<string, YamlFile>
  /** Variables files named by vars_files and include_vars, by absolute path. */
  readonly varsFiles: ReadonlyMap<string, VarsFile>
  /** Template files that tasks name literally, by absolute path. */
  readonly templates?: ReadonlyMap<string, { readonly path: string; readonly text: string }>
  /** The text of each file read, by `SourceRange.file`, for carets. */
  readonly sources: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
  /** Finds what a literal name in a file means, among the files read. Pure. */
  resolve(request: ResolveRequest): string | undefined
}

export interface ResolveRequest {
  readonly kind: 'tasks' | 'vars' | 'template' | 'file' | 'handlers'
  readonly name: string
  /** Absolute path of the file that names it. */
  readonly from: string
  /** The role it is in, if any. */
  readonly role?: string
  readonly range?: SourceRange
}
