import { textOfBytes } from './byte-text.ts'
import type { Controller, ControllerEntry, ControllerFile } from './controller.ts'
import { type Source, shownLimit } from './file-copy.ts'
import { joinPath } from './host-path.ts'
import { TaskFailure } from './module.ts'
import { pythonJson } from './python-json.ts'
import { sha256 } from './sha256.ts'

/** One thing that a copied folder holds. */
export interface SourceEntry {
  /** Below the folder. */
  readonly path: string
  readonly mode: number
  readonly kind: 'file' | 'directory' | 'link'
  readonly file?: ControllerFile
  /** Of a link that is copied as one. */
  readonly target?: string
}

export type Reader = Pick<Controller, 'file' | 'folder'>

/** Text that stands in the playbook; anything but text is written as JSON. */
export async function sourceOfContent(content: unknown): Promise<Source> {
  const text = typeof content === 'string' ? content : pythonJson(content)
  return { sha256: await sha256(text), text, content: text }
}

/**
 * A file of the controller, which goes where a file with this sum may be. Its text is read only when it may be shown: when
 * it takes another one's place.
 */
export async function sourceOfFile(file: ControllerFile, present: string | undefined): Promise<Source> {
  const sum = await file.checksum('sha256')
  return { sha256: sum, text: sum === present ? undefined : await shownText(file), content: file }
}

/** A file that takes the place of nothing, so that its sum is not needed to know that it must be sent. */
export async function sourceOfNewFile(file: ControllerFile): Promise<Source> {
  return file.size > shownLimit
    ? { sha256: undefined, text: undefined, content: file }
    : sourceOfFile(file, undefined)
}

async function shownText(file: ControllerFile): Promise<string | undefined> {
  return file.size > shownLimit ? undefined : textOfBytes(await file.read())
}

/**
 * What a folder of the controller holds, parents first. Links are followed (their files and folders are copied), or
 * copied as links. Throws TaskFailure for a followed link to nothing.
 */
export async function sourceEntries(
  controller: Reader,
  folder: string,
  { followLinks }: { followLinks: boolean },
): Promise<readonly SourceEntry[] | undefined> {
  const entries = await controller.folder(folder)
  if (!entries) return undefined
  const resolved = await Promise.all(
    entries.map(async (entry): Promise<readonly SourceEntry[]> => {
      if (entry.type !== 'link') return [plain(entry)]
      if (!followLinks) return [{ ...plain(entry), kind: 'link', target: entry.target ?? '' }]
      return followed(controller, folder, entry)
    }),
  )
  return resolved.flat()
}

const plain = ({ path, mode, type, file }: ControllerEntry): SourceEntry => ({
  path,
  mode,
  kind: type,
  ...(file ? { file } : {}),
})

async function followed(
  controller: Reader,
  folder: string,
  { path, mode, target }: ControllerEntry,
): Promise<readonly SourceEntry[]> {
  const place = joinPath(folder, path)
  const below = await sourceEntries(controller, place, { followLinks: true })
  if (below) {
    return [
      { path, mode, kind: 'directory' },
      ...below.map((entry) => ({ ...entry, path: joinPath(path, entry.path) })),
    ]
  }
  const file = await controller.file(place).catch((cause: unknown) => {
    throw new TaskFailure(`${place} is a link to ${target}, which cannot be read.`, {}, { cause })
  })
  return [{ path, mode: file.mode, kind: 'file', file }]
}
