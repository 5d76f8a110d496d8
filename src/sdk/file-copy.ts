import type { Change } from '#model/change.ts'
import type { ControllerFile } from './controller.ts'
import { copyOnHost } from './copy-on-host.ts'
import { type Attributes, attributeChanges, attributeScript, ownerOf, wantedMode } from './file-attributes.ts'
import type { FileWrite, WriteHost } from './host.ts'
import { folderOf, pathWord } from './host-path.ts'
import { makeFolder } from './make-folder.ts'
import { TaskFailure } from './module.ts'
import type { PathState } from './path-state.ts'

/** A file that is on the host already. */
export interface OnHost {
  readonly kind: 'on-host'
  readonly path: string
}

/** What a file on the host shall hold. */
export interface Source {
  /** Undefined for a large file of the controller that surely has to be sent: it is not read before that. */
  readonly sha256: string | undefined
  /** For the diff; undefined when it is large or not text. */
  readonly text: string | undefined
  readonly content: string | Uint8Array | ControllerFile | OnHost
}

/** A file on the host compared with what it shall hold. */
export interface CopyItem {
  readonly source: Source
  readonly place: PathState
  /** sha256 of what the place leads to. */
  readonly sha256: string | undefined
  /** The present text, fetched only when it differs and can be shown. */
  readonly before: string | undefined
  /** The folder it goes into is made when it is missing: its path was written with a slash at the end. */
  readonly makesFolder?: boolean
}

export interface CopyOptions extends Attributes {
  readonly force?: boolean
  readonly follow?: boolean
  readonly backup?: boolean
  readonly validate?: string
  /** What a folder that must be made gets. */
  readonly folder?: { readonly owner?: string; readonly group?: string; readonly mode?: number }
}

/** Files up to this size are shown in diffs. */
export const shownLimit = 256 * 1024

/** The changes that make the place hold the source. Throws TaskFailure where no file can be put. */
export function copyChanges(item: CopyItem, options: CopyOptions, path = item.place.path): readonly Change[] {
  const { place, source, sha256 } = item
  const folder = missingFolder(item)
  if (place.followed?.type === 'directory') throw new TaskFailure(`${path} is a directory, not a file.`)
  if (place.entry && options.force === false) return []
  const old = place.followed
  const attributes = attributeChanges(options, old, 'file')
  if (old && sha256 === source.sha256) return attributes
  const diff = diffOf(item, path)
  if (!place.entry)
    return [...folder, { field: 'state', before: 'absent', after: 'file', ...diff }, ...attributes]
  return [
    { field: 'content', before: shortSum(sha256), after: shortSum(source.sha256), ...diff },
    ...attributes,
  ]
}

/** Throws TaskFailure when the folder that a file shall be put into is not there. */
function missingFolder({ place, makesFolder }: CopyItem): readonly Change[] {
  if (place.hasParent) return []
  if (makesFolder) return [{ field: 'folder', before: 'absent', after: 'directory' }]
  throw new TaskFailure(`Destination directory ${folderOf(place.path)} does not exist.`)
}

function diffOf({ source, before, place }: CopyItem, path: string): Pick<Change, 'diff'> {
  if (source.text === undefined || (place.followed && before === undefined)) return {}
  return { diff: { path, before, after: source.text } }
}

const shortSum = (sha256: string | undefined): string | undefined => sha256 && `sha256 ${sha256.slice(0, 12)}`

/** The path that is written: behind the link when links are followed. */
export const writtenPath = ({ path, link }: PathState, { follow }: CopyOptions): string =>
  follow && link ? link.real : path

export interface CopyWork {
  readonly options: CopyOptions
  readonly changes: readonly Change[]
  /** The question for the sum of a path. */
  readonly sum?: (path: string) => NonNullable<FileWrite['sum']>
}

/** Carries out `copyChanges`. */
export async function applyCopy(
  host: WriteHost,
  item: CopyItem,
  { options, changes, sum }: CopyWork,
): Promise<{ backup?: string }> {
  const path = writtenPath(item.place, options)
  const old = item.place.followed
  if (!changes.some(({ field }) => field === 'state' || field === 'content')) {
    const script = attributeScript(pathWord(path), changes)
    if (script) await host.run(script)
    return {}
  }
  if (changes.some(({ field }) => field === 'folder'))
    await host.run(makeFolder(folderOf(path), options.folder))
  const { content } = item.source
  const target = {
    path,
    mode: wantedMode(options, old, 'file'),
    ...ownerOf(options, old),
    ...(options.validate === undefined ? {} : { validate: options.validate }),
    backup: options.backup === true && item.place.entry !== undefined,
  }
  if (isOnHost(content)) return copyOnHost(host, content.path, target)
  return host.write({ ...target, content, ...(sum ? { sum: sum(item.place.path) } : {}) })
}

/** Whether `applyCopy` needs no more than one step: no folder has to be made before the file. */
export const copiesOnce = (changes: readonly Change[]): boolean =>
  changes.every(({ field }) => field !== 'folder')

const isOnHost = (content: Source['content']): content is OnHost =>
  typeof content === 'object' && 'kind' in content && content.kind === 'on-host'
