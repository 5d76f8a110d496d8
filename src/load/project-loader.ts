import { basename, dirname, join, resolve } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import type { MapNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { PlaybookFile, Project, ResolveRequest, RoleFiles, VarsFile, YamlFile } from '#model/syntax.ts'
import { UsageError } from '#model/usage-error.ts'
import { missingFile } from './missing-file.ts'
import {
  type Around,
  playReferences,
  type Reference,
  roleEntries,
  taskReferences,
  valueAt,
} from './references.ts'
import { readRoleFiles } from './role-files.ts'
import { RoleSearch, type RoleWanted } from './role-search.ts'
import { folderOf, type SearchKind, searchPath } from './search-path.ts'
import type { SourceReader } from './source-reader.ts'
import { readVarsFile } from './vars-file.ts'

/** Where a piece of text stands, for the search of what it names. */
interface Scene {
  /** Absolute path of the file. */
  readonly from: string
  readonly playbookFolder: string
  readonly role?: RoleFiles
}

/**
 * Reads playbooks and all they name. Files are read concurrently; what a file names is followed in the
 * background, and `settled` waits until nothing is left, so that roles may name each other.
 */
export class ProjectLoader {
  readonly #reader: SourceReader
  readonly #roleSearch: RoleSearch
  readonly #roles = new Map<string, RoleFiles>()
  readonly #taskFiles = new Map<string, YamlFile>()
  readonly #varsFiles = new Map<string, VarsFile>()
  readonly #templates = new Map<string, { readonly path: string; readonly text: string }>()
  readonly #playbookFolders = new Set<string>()
  /** Absolute paths that exist, of all names that were searched. */
  readonly #known = new Set<string>()
  readonly #started = new Set<string>()
  readonly #rolePaths = new Map<string, string>()
  #pending: Promise<unknown>[] = []

  constructor(reader: SourceReader, rolesPath: readonly string[]) {
    this.#reader = reader
    this.#roleSearch = new RoleSearch(reader, rolesPath)
  }

  /** Reads a playbook that the command line names. Throws UsageError when there is none. */
  async playbook(path: string): Promise<PlaybookFile> {
    const absolutePath = resolve(this.#reader.cwd, path)
    const kind = this.#reader.kind(absolutePath)
    if (kind === undefined) {
      const entries = this.#reader.list(dirname(absolutePath))
      const near = nearest(
        basename(path),
        entries.map((entry) => entry.name),
      )
      const remedy = near ? `Did you mean "${join(dirname(path), near)}"?` : 'Check the path.'
      throw new UsageError(`There is no playbook "${path}".`, { remedy })
    }
    if (kind === 'directory') {
      throw new UsageError(`"${path}" is a folder, not a playbook.`, { remedy: 'Name the file in it.' })
    }
    return this.#playbookFile(absolutePath, [])
  }

  /** Follows the tasks of a file that a run names, as if the text had named it. Nothing when it is not there. */
  async tasks(
    name: string,
    scene: { kind: 'tasks' | 'handlers'; from: string; role?: string },
  ): Promise<void> {
    const range = { file: '', start: noPlace, end: noPlace }
    const wanted = { what: scene.kind, name, range, required: false, guarded: true }
    this.#follow(wanted, this.#scene(scene.from, scene.role))
    await this.settled()
  }

  /** Reads a role that a run names, with all it needs. */
  async role(name: string, scene: { from: string; role?: string }): Promise<RoleFiles | undefined> {
    const { playbookFolder, role } = this.#scene(scene.from, scene.role)
    await this.#role({ name, from: scene.from, playbookFolder, ...(role && { rolePath: role.path }) })
    await this.settled()
    return this.#roles.get(name)
  }

  /** Reads a file of variables that a run names by its absolute path. */
  async varsFile(absolutePath: string): Promise<VarsFile> {
    const file = await readVarsFile(this.#reader, absolutePath)
    this.#varsFiles.set(absolutePath, file)
    this.#known.add(absolutePath)
    return file
  }

  async settled(): Promise<void> {
    while (this.#pending.length > 0) {
      const waiting = this.#pending
      this.#pending = []
      await Promise.all(waiting)
    }
  }

  /** What has been read so far. The maps grow when more is read; the diagnostics are those of now. */
  project(playbooks: readonly PlaybookFile[]): Project {
    return {
      playbooks,
      roles: this.#roles,
      taskFiles: this.#taskFiles,
      varsFiles: this.#varsFiles,
      templates: this.#templates,
      sources: this.#reader.sources,
      diagnostics: [...this.#reader.diagnostics],
      resolve: (request) => this.#resolve(request),
    }
  }

  async #playbookFile(absolutePath: string, chain: readonly string[]): Promise<PlaybookFile> {
    this.#playbookFolders.add(dirname(absolutePath))
    const file = await this.#reader.yaml(absolutePath)
    const plays = file.root?.kind === 'list' ? file.root.items.filter((item) => item.kind === 'map') : []
    const importing = plays.map((play) => this.#importPlaybook(play, [...chain, absolutePath]))
    const scene = { from: absolutePath, playbookFolder: dirname(absolutePath) }
    for (const play of plays) this.#followAll(playReferences(play), scene)
    const imports = new Map((await Promise.all(importing)).filter((each) => each !== undefined))
    return { ...file, imports }
  }

  async #importPlaybook(
    play: MapNode,
    chain: readonly string[],
  ): Promise<readonly [string, PlaybookFile] | undefined> {
    const node = valueAt(play, 'import_playbook') ?? valueAt(play, 'ansible.builtin.import_playbook')
    if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value.includes('{{'))
      return undefined
    const name = node.value.trim()
    const path = resolve(dirname(chain.at(-1) ?? ''), name)
    if (chain.includes(path))
      this.#circularImport(name, node.range, [...chain.slice(chain.indexOf(path)), path])
    else if (this.#reader.isFile(path)) return [name, await this.#playbookFile(path, chain)]
    else this.#reader.report(missingFile(this.#reader, { what: 'playbook', name, range: node.range }, [path]))
    return undefined
  }

  #circularImport(name: string, range: SourceRange, circle: readonly string[]): void {
    const path = circle.map((each) => this.#reader.display(each)).join(' → ')
    const message = `"${name}" imports itself without end: ${path}.`
    const remedy = 'Remove one of the imports.'
    this.#reader.report({ code: 'include-cycle', severity: 'error', message, remedy, range })
  }

  #followAll(references: Iterable<Reference>, scene: Scene): void {
    for (const reference of references) this.#follow(reference, scene)
  }

  /** Starts to read what a reference names; `settled` waits for it. */
  #follow(reference: Reference, scene: Scene): void {
    const { what, name, range, guarded } = reference
    if (what === 'role') {
      const { from, playbookFolder, role } = scene
      const wanted = { name, from, playbookFolder, ...(role && { rolePath: role.path }) }
      this.#later(this.#role(wanted, { range, guarded }))
    } else if (what === 'source') {
      for (const kind of ['files', 'templates'] as const) this.#firstFile(places(kind, name, scene))
    } else {
      this.#later(this.#file({ ...reference, what }, scene))
    }
  }

  #later(work: Promise<unknown>): void {
    this.#pending.push(work)
  }

  async #file(
    reference: Reference & { what: Exclude<Reference['what'], 'role' | 'source'> },
    scene: Scene,
  ): Promise<void> {
    const { what, name, range, guarded } = reference
    const candidates = places(folderOf[what], name, scene)
    const path = this.#firstFile(candidates)
    if (path === undefined) {
      if (reference.required)
        this.#reader.report(missingFile(this.#reader, { what, name, range }, candidates))
    } else if (what === 'vars') {
      await this.varsFile(path)
    } else if (what === 'template') {
      await this.#template(path)
    } else if (what !== 'file') {
      await this.#taskFile(path, { handlers: what === 'handlers', guarded }, scene)
    }
  }

  /** Encrypted ones are left to the run: what is wrong with them could not be shown. */
  async #template(absolutePath: string): Promise<void> {
    if (!this.#reader.isFile(absolutePath)) return
    const { path, text, encrypted } = await this.#reader.text(absolutePath)
    if (text !== undefined && !encrypted) this.#templates.set(absolutePath, { path, text })
  }

  async #taskFile(path: string, around: Around, scene: Scene): Promise<void> {
    const key = `${around.handlers} ${around.guarded} ${scene.role?.path ?? ''} ${path}`
    if (this.#started.has(key)) return
    this.#started.add(key)
    const file = await this.#reader.yaml(path)
    this.#taskFiles.set(path, file)
    if (file.root) this.#followAll(taskReferences(file.root, around), { ...scene, from: path })
  }

  #firstFile(candidates: readonly string[]): string | undefined {
    const path = candidates.find((candidate) => this.#reader.exists(candidate))
    if (path !== undefined) this.#known.add(path)
    return path
  }

  async #role(wanted: RoleWanted, named?: { range: SourceRange; guarded: boolean }): Promise<void> {
    const range = named?.range
    const path = this.#roleSearch.find(wanted)
    if (path === undefined) {
      if (range) this.#reader.report(this.#roleSearch.missing(wanted, range))
      return
    }
    const known = this.#rolePaths.get(wanted.name) ?? path
    this.#rolePaths.set(wanted.name, known)
    if (known !== path && range) this.#ambiguous(wanted.name, [known, path], range)
    const key = `role ${wanted.name}`
    if (this.#started.has(key)) return
    this.#started.add(key)
    const role = await readRoleFiles(this.#reader, basename(wanted.name), path)
    this.#roles.set(wanted.name, role)
    this.#followRole(role, wanted.playbookFolder, named?.guarded ?? true)
  }

  #followRole(role: RoleFiles, playbookFolder: string, guarded: boolean): void {
    const scene = { playbookFolder, role }
    const { meta } = role
    const dependencies = meta?.root?.kind === 'map' ? valueAt(meta.root, 'dependencies') : undefined
    if (meta && dependencies)
      this.#followAll(roleEntries(dependencies), { ...scene, from: meta.absolutePath })
    for (const [handlers, files] of [
      [false, role.tasks],
      [true, role.handlers],
    ] as const) {
      for (const [name, { root, absolutePath }] of files) {
        this.#known.add(absolutePath)
        // Files other than `main` are reached through what names them, or not at all.
        const around = { handlers, guarded: guarded || name !== 'main' }
        if (root) this.#followAll(taskReferences(root, around), { ...scene, from: absolutePath })
      }
    }
  }

  #ambiguous(name: string, paths: readonly string[], range: SourceRange): void {
    const folders = paths.map((path) => `"${this.#reader.display(path)}"`)
    this.#reader.report({
      code: 'unknown-role',
      severity: 'error',
      message: `The role "${name}" means two folders in one run: ${folders.join(' and ')}.`,
      remedy: 'Name one of them by its path.',
      range,
    })
  }

  #resolve({ kind, name, from, role }: ResolveRequest): string | undefined {
    for (const playbookFolder of this.#foldersFor(from)) {
      const scene = { from, playbookFolder, ...this.#roleScene(role) }
      const path = places(folderOf[kind], name, scene).find((each) => this.#known.has(each))
      if (path !== undefined) return path
    }
    return undefined
  }

  #scene(from: string, role: string | undefined): Scene {
    return { from, playbookFolder: this.#foldersFor(from)[0] ?? this.#reader.cwd, ...this.#roleScene(role) }
  }

  #roleScene(name: string | undefined): { role?: RoleFiles } {
    const role = name === undefined ? undefined : this.#roles.get(name)
    return role ? { role } : {}
  }

  /** The playbook's folder is that of the file when it lies beside one, else all of them in turn. */
  #foldersFor(from: string): readonly string[] {
    const own = dirname(from)
    return this.#playbookFolders.has(own) ? [own, ...this.#playbookFolders] : [...this.#playbookFolders]
  }
}

const noPlace = { line: 1, column: 1, offset: 0 }

function places(kind: SearchKind, name: string, scene: Scene): readonly string[] {
  const { from, playbookFolder, role } = scene
  return searchPath({ kind, name, from, playbookFolder, ...(role && { rolePaths: [role.path] }) })
}
