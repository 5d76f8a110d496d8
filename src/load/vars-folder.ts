import { extname, join } from 'node:path'
import type { SourceReader } from './source-reader.ts'

/** Ansible's endings of variables files, in the order in which they are looked for. */
const endings = ['', '.yml', '.yaml', '.json']

/**
 * The files of variables in a `group_vars` or `host_vars` folder. For a name, the first of `name`, `name.yml`,
 * `name.yaml`, `name.json` counts; when that is a folder, all files below it in order of their names.
 */
export class VarsFolder {
  readonly #reader: SourceReader
  readonly #folder: string
  readonly #names: ReadonlySet<string>

  constructor(reader: SourceReader, folder: string) {
    this.#reader = reader
    this.#folder = folder
    this.#names = new Set(reader.list(folder).map((entry) => entry.name))
  }

  /** Whether there may be files for a name. Costs nothing, for inventories with many hosts. */
  has(name: string): boolean {
    return this.#names.size > 0 && endings.some((ending) => this.#names.has(name + ending))
  }

  /** Absolute paths, in the order in which they apply. */
  files(name: string): readonly string[] {
    const [first, ...others] = endings
      .map((ending) => name + ending)
      .filter((entry) => this.#names.has(entry))
    if (first === undefined) return []
    for (const other of others) this.#passedOver(first, other)
    const path = join(this.#folder, first)
    return this.#reader.kind(path) === 'directory' ? varsFilesBelow(this.#reader, path) : [path]
  }

  #passedOver(first: string, other: string): void {
    const path = this.#reader.display(join(this.#folder, other))
    this.#reader.report({
      code: 'bad-inventory',
      severity: 'warning',
      message: `"${path}" is not read, because "${this.#reader.display(join(this.#folder, first))}" exists.`,
      remedy: 'Keep one of them, or move the file into the folder.',
    })
  }
}

/**
 * All files of variables below a folder, in order of their names; hidden files, backups (`~`), other endings and
 * folders with an ending are left out.
 */
export function varsFilesBelow(reader: SourceReader, folder: string): readonly string[] {
  const entries = reader.list(folder).filter(({ name }) => !name.startsWith('.') && !name.endsWith('~'))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    const ending = extname(entry.name)
    if (!endings.includes(ending)) return []
    // Only a link needs a look at what stands behind it.
    const kind = entry.isFile() ? 'file' : reader.kind(path)
    if (kind === 'directory') return ending === '' ? varsFilesBelow(reader, path) : []
    return kind === undefined ? [] : [path]
  })
}
