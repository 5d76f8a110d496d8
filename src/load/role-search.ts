import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { SourceRange } from '#model/source.ts'
import { roleFolders } from './role-files.ts'
import type { SourceReader } from './source-reader.ts'

/** From where a role is wanted. */
export interface RoleWanted {
  readonly name: string
  /** Absolute path of the file that names it. */
  readonly from: string
  readonly playbookFolder: string
  /** Absolute path of the role that needs it: its neighbours are found too. */
  readonly rolePath?: string
}

/**
 * Finds the folder of a role: by path, or by name beside the playbook (`roles/`), beside a folder `playbooks`, in
 * the working folder's `roles/`, on the roles path, beside the role that needs it, in `~/.tsplay/roles`, then in the playbook's folder.
 */
export class RoleSearch {
  readonly #reader: SourceReader
  readonly #rolesPath: readonly string[]

  constructor(reader: SourceReader, rolesPath: readonly string[]) {
    this.#reader = reader
    this.#rolesPath = rolesPath.map((path) => resolve(reader.cwd, path.replace(/^~(?=\/|$)/, homedir())))
  }

  find(wanted: RoleWanted): string | undefined {
    for (const path of this.#candidates(wanted)) {
      if (this.#reader.kind(path) !== 'directory') continue
      if (basename(dirname(path)) === 'roles' || this.#looksLikeRole(path)) return path
    }
    return undefined
  }

  /** Says where it was looked for and what name comes near. */
  missing(wanted: RoleWanted, range: SourceRange): Diagnostic {
    const searched = this.#candidates(wanted).map((path) => this.#reader.display(dirname(path)))
    const entries = this.#folders(wanted).flatMap((folder) => this.#reader.list(folder))
    const near = nearest(wanted.name, new Set(entries.map((entry) => entry.name)))
    const places = `Searched in ${[...new Set(searched)].join(', ')}.`
    return {
      code: 'unknown-role',
      severity: 'error',
      message: `There is no role "${wanted.name}".`,
      remedy: near ? `Did you mean "${near}"? ${places}` : places,
      range,
    }
  }

  #candidates(wanted: RoleWanted): readonly string[] {
    const { name } = wanted
    if (isAbsolute(name)) return [name]
    if (name.startsWith('~/')) return [join(homedir(), name.slice(2))]
    const inFolders = this.#folders(wanted).map((folder) => join(folder, name))
    const beside = [join(wanted.playbookFolder, name)]
    const asPath = name.includes('/') ? [join(dirname(wanted.from), name), ...beside] : []
    return [...new Set([...asPath, ...inFolders, ...beside])]
  }

  #folders({ playbookFolder, rolePath }: RoleWanted): readonly string[] {
    return [
      ...new Set([
        join(playbookFolder, 'roles'),
        // A project keeps `playbooks/` and `roles/` side by side, and is run from anywhere.
        ...(basename(playbookFolder) === 'playbooks' ? [join(dirname(playbookFolder), 'roles')] : []),
        join(this.#reader.cwd, 'roles'),
        ...this.#rolesPath,
        ...(rolePath === undefined ? [] : [dirname(rolePath)]),
        join(homedir(), '.tsplay', 'roles'),
      ]),
    ]
  }

  #looksLikeRole(path: string): boolean {
    return this.#reader.list(path).some((entry) => roleFolders.has(entry.name))
  }
}
