import { accessSync, constants, type Dirent, readdirSync, readFile, statSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import { Secret } from '#model/secret.ts'
import type { YamlFile } from '#model/syntax.ts'
import { decryptTree, replaceScalars } from './decrypt-tree.ts'
import type { Decrypter, Opened } from './vault.ts'
import { yamlLimits } from './yaml-limits.ts'

/** What kind of thing stands at a path; undefined when nothing does. */
export type PathKind = 'file' | 'directory' | 'other'

/** A text file as read: decrypted, without byte order mark. */
export interface TextFile {
  readonly path: string
  readonly absolutePath: string
  /** Undefined when it could not be read; then there is a diagnostic. */
  readonly text: string | undefined
  /** It was encrypted as a whole. */
  readonly encrypted: boolean
}

/** A part of a YAML file that is read as a file of its own. */
export interface FilePart {
  /** Absolute path of the file it stands in; its text is what carets show. */
  readonly within: string
  readonly root: Node
}

interface Folder {
  readonly entries: readonly Dirent[]
  readonly names: ReadonlySet<string>
  /** Why it could not be listed although it exists. */
  readonly failure?: unknown
}

const nothing: Folder = { entries: [], names: new Set() }

function listing(path: string): Folder {
  try {
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    return { entries, names: new Set(entries.map((entry) => entry.name)) }
  } catch (error) {
    return isMissing(error) ? nothing : { ...nothing, failure: error }
  }
}

// Without promises of its own: opening file handles as objects costs several times the reading of a small file.
const readBytes = promisify(readFile)

export interface ReaderOptions {
  readonly runsPrograms?: boolean
  /** By the absolute paths under which they are read. */
  readonly parts?: ReadonlyMap<string, FilePart>
}

/**
 * Reads the files of one project, each at most once, and collects what is wrong with them. All paths that go in
 * are absolute.
 */
export class SourceReader {
  readonly cwd: string
  /** The text of each file read, by the path that ranges use. Encrypted files are left out: carets would show them. */
  readonly sources = new Map<string, string>()
  readonly diagnostics: Diagnostic[] = []
  /** Everything that was decrypted, for masking. */
  readonly secrets: Secret[] = []
  readonly #decrypters: readonly Decrypter[]
  readonly #texts = new Map<string, Promise<TextFile>>()
  readonly #trees = new Map<string, Promise<YamlFile>>()
  readonly #folders = new Map<string, Folder>()
  readonly #parts: ReadonlyMap<string, FilePart>

  /** Whether sources that are programs may be run; else there is nothing in them. */
  readonly runsPrograms: boolean

  constructor(
    cwd: string,
    decrypters: readonly Decrypter[],
    { runsPrograms = true, parts = new Map() }: ReaderOptions = {},
  ) {
    this.cwd = resolve(cwd)
    this.runsPrograms = runsPrograms
    this.#parts = parts
    this.#decrypters = decrypters
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic)
  }

  /** The path as the user would write it: relative when it lies below the working folder. */
  display(absolutePath: string): string {
    const path = relative(this.cwd, absolutePath)
    return path === '' || path.startsWith('..') ? absolutePath : path
  }

  /** Looks at once: telling what stands at a path is far quicker than any detour over the event loop. */
  kind(absolutePath: string): PathKind | undefined {
    if (this.isPart(absolutePath)) return 'file'
    try {
      const found = statSync(absolutePath, { throwIfNoEntry: false })
      if (!found) return undefined
      if (found.isFile()) return 'file'
      return found.isDirectory() ? 'directory' : 'other'
    } catch {
      // A part of the path is a file, or may not be entered: nothing that can be used stands here.
      return undefined
    }
  }

  /** Whether something has this name, by the listing of its folder, which many questions share. */
  exists(absolutePath: string): boolean {
    const folder = this.#folder(dirname(absolutePath))
    return folder.failure === undefined
      ? folder.names.has(basename(absolutePath))
      : this.kind(absolutePath) !== undefined
  }

  isPart(absolutePath: string): boolean {
    return this.#parts.has(absolutePath)
  }

  isFile(absolutePath: string): boolean {
    const kind = this.kind(absolutePath)
    return kind === 'file' || kind === 'other'
  }

  isExecutable(absolutePath: string): boolean {
    try {
      accessSync(absolutePath, constants.X_OK)
      return true
    } catch {
      return false
    }
  }

  /** What stands in a folder, sorted by name as bytes sort; nothing when there is no such folder. */
  list(folder: string): readonly Dirent[] {
    const { entries, failure } = this.#folder(folder)
    if (failure !== undefined) this.#unreadable(folder, failure)
    return entries
  }

  /** Forgets what stands in folders, since a run may have made files. What was read stays as it was read. */
  lookAgain(): void {
    this.#folders.clear()
  }

  text(absolutePath: string): Promise<TextFile> {
    return remember(this.#texts, absolutePath, () => this.#readText(absolutePath))
  }

  #folder(path: string): Folder {
    const known = this.#folders.get(path)
    if (known) return known
    // A folder whose parent was listed without it needs no look of its own.
    const parent = this.#folders.get(dirname(path))
    const absent = parent?.failure === undefined && parent?.names.has(basename(path)) === false
    const folder = absent ? nothing : listing(path)
    this.#folders.set(path, folder)
    return folder
  }

  /** The tree of a YAML or JSON file. With `secret`, the text of an encrypted file becomes `!vault` values. */
  yaml(absolutePath: string, options: { secret?: boolean } = {}): Promise<YamlFile> {
    const key = `${options.secret ? 'secret' : 'open'}:${absolutePath}`
    return remember(this.#trees, key, () => this.#readYaml(absolutePath, options.secret ?? false))
  }

  /** Decrypts in whatever format the text is; undefined when it is not encrypted. */
  open(text: string): Promise<Opened> | undefined {
    return this.#decrypters.find((decrypter) => decrypter.recognizes(text))?.open(text)
  }

  async #readYaml(absolutePath: string, secret: boolean): Promise<YamlFile> {
    const part = this.#parts.get(absolutePath)
    if (part) return this.#readPart(absolutePath, part)
    const { text, path, encrypted } = await this.text(absolutePath)
    if (text === undefined) return { path, absolutePath, root: undefined }
    const { parseYaml } = await import('./yaml-source.ts')
    const parsed = parseYaml(text, path)
    this.diagnostics.push(...(encrypted ? parsed.diagnostics.map(withoutText) : parsed.diagnostics))
    const opened = parsed.root && parsed.vaulted ? await decryptTree(parsed.root, this) : parsed.root
    const root =
      opened && encrypted && secret ? replaceScalars(opened, (node) => this.#conceal(node)) : opened
    return { path, absolutePath, root }
  }

  async #readPart(absolutePath: string, { within, root }: FilePart): Promise<YamlFile> {
    // For the carets. A part may stand for a file that could be there and is not.
    if (this.isFile(within)) await this.text(within)
    return { path: this.display(absolutePath), absolutePath, root: await decryptTree(root, this) }
  }

  /** Text of an encrypted file is a secret; numbers and booleans keep their type and are masked when long. */
  #conceal(node: ScalarNode): ScalarNode {
    if (node.value === null || typeof node.value === 'boolean') return node
    this.secrets.push(new Secret(String(node.value)))
    if (typeof node.value === 'number' || node.tag !== undefined) return node
    return { ...node, raw: '***', tag: 'vault' }
  }

  async #readText(absolutePath: string): Promise<TextFile> {
    const path = this.display(absolutePath)
    const broken = { path, absolutePath, text: undefined, encrypted: false }
    const bytes = await readBytes(absolutePath).catch((error: unknown) => {
      this.#unreadable(absolutePath, error)
    })
    if (!bytes) return broken
    if (bytes.length > yamlLimits.bytes) return this.#problem(broken, 'yaml-limit', 'is larger than 10 MB')
    const text = decode(bytes)
    if (text === undefined) return this.#problem(broken, 'file-unreadable', 'is not UTF-8 text')
    const opened = await this.open(text)
    if (!opened) {
      this.sources.set(path, text)
      return { path, absolutePath, text, encrypted: false }
    }
    if ('bytes' in opened) return this.#decrypted({ ...broken, encrypted: true }, opened.bytes)
    this.report({
      code: 'vault-password',
      severity: 'error',
      message: `The vault file "${path}" cannot be decrypted. ${opened.problem}`,
      remedy: opened.remedy,
      range: startOf(path),
    })
    return { ...broken, encrypted: true }
  }

  #decrypted(file: TextFile, bytes: Uint8Array): TextFile {
    const text = decode(bytes)
    return text === undefined
      ? this.#problem(file, 'file-unreadable', 'holds no UTF-8 text')
      : { ...file, text }
  }

  #problem(file: TextFile, code: 'yaml-limit' | 'file-unreadable', what: string): TextFile {
    const range = startOf(file.path)
    this.report({ code, severity: 'error', message: `The file "${file.path}" ${what}.`, range })
    return file
  }

  #unreadable(absolutePath: string, error: unknown): void {
    const path = this.display(absolutePath)
    const missing = isMissing(error)
    const reason = error instanceof Error ? error.message : String(error)
    this.report({
      code: missing ? 'file-missing' : 'file-unreadable',
      severity: 'error',
      message: missing ? `There is no file "${path}".` : `"${path}" cannot be read: ${reason}.`,
      remedy: missing ? 'Check the path.' : 'Check its permissions.',
      range: startOf(path),
    })
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** Messages about syntax may quote the text, which here is secret. */
function withoutText(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.code !== 'yaml-syntax') return diagnostic
  return { ...diagnostic, message: 'The decrypted text is not valid YAML here.' }
}

/** The first character of a file, for what concerns it as a whole. */
export function startOf(file: string) {
  const start = { line: 1, column: 1, offset: 0 }
  return { file, start, end: start }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function remember<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? read()
  known.set(key, found)
  return found
}
