import type { CopyArgs } from './copy-args.ts'
import {
  type Reader,
  type SourceEntry,
  sourceEntries,
  sourceOfContent,
  sourceOfFile,
  sourceOfNewFile,
} from './copy-source.ts'
import type { CopyItem, Source } from './file-copy.ts'
import type { FileQuestions } from './file-questions.ts'
import { baseName, joinPath, withoutSlash } from './host-path.ts'
import type { ListedEntry } from './listing.ts'
import { type Mode, TaskFailure } from './module.ts'
import type { PathState } from './path-state.ts'
import { relativePath } from './relative-path.ts'

/** A file to copy, and what stands in its place. */
export interface FileItem extends CopyItem {
  /** Below `dest`; empty for a single file. */
  readonly name: string
  readonly sourceMode: number
}

export interface FolderItem {
  readonly name: string
  readonly place: PathState
}

export interface LinkItem extends FolderItem {
  readonly target: string
}

/** All that `copy` compares. */
export interface CopyState {
  readonly files: readonly FileItem[]
  readonly folders: readonly FolderItem[]
  readonly links: readonly LinkItem[]
  readonly isTree: boolean
}

interface Here {
  readonly controller: Reader
  readonly mode: Mode
}

/** Looks at everything `copy` compares: one round trip, a second one for texts that a diff shows. */
export function probeCopy(args: CopyArgs, ask: FileQuestions, here: Here): Promise<CopyState> {
  if ((args.src === undefined) === (args.content === undefined)) {
    throw new TaskFailure('Exactly one of "src" and "content" is needed.')
  }
  return args.remote_src ? probeOnHost(args, ask) : probeSource(args, ask, here)
}

async function probeSource(
  args: CopyArgs,
  ask: FileQuestions,
  { controller, mode }: Here,
): Promise<CopyState> {
  const { src, content, dest } = args
  const entries =
    src === undefined
      ? undefined
      : await sourceEntries(controller, src, { followLinks: args.local_follow ?? true })
  if (entries) return probeTree(args, ask, entries)
  // Asked before anything is read here, so that the questions do not miss the next flight.
  const looking = findTarget(ask, dest, src === undefined ? '' : baseName(src))
  // What fails below comes first; then nobody waits for this any more.
  looking.catch(() => undefined)
  if (src === undefined) {
    const source = await sourceOfContent(content)
    return probeFile(ask, { source, target: await looking, mode: 0o644 })
  }
  const file = await controller.file(src)
  await requireChecksum(args, (algorithm) => file.checksum(algorithm))
  // Begun at once, since it may take as long as the host's; waited for only where it decides something.
  file.prepareChecksum()
  const target = await looking
  const isNew = !target.place.entry && mode !== 'check'
  const source = await (isNew ? sourceOfNewFile(file) : sourceOfFile(file, target.sha256))
  return probeFile(ask, { source, target, mode: file.mode })
}

async function requireChecksum(
  { checksum: wanted, src }: CopyArgs,
  ask: (algorithm: 'sha256' | 'sha1' | 'md5') => Promise<string | undefined>,
): Promise<void> {
  if (wanted === undefined) return
  const algorithm = wanted.length === 64 ? 'sha256' : wanted.length === 40 ? 'sha1' : 'md5'
  const found = await ask(algorithm)
  if (found === wanted.toLowerCase()) return
  throw new TaskFailure(`The ${algorithm} sum of ${src} is ${found}, not ${wanted}.`, { checksum: found })
}

type Target = Pick<CopyItem, 'place' | 'sha256' | 'makesFolder'>

/** The place itself is looked at together with the one inside, should it be a folder. */
async function findTarget(ask: FileQuestions, dest: string, name: string): Promise<Target> {
  const [outer, inner] = await Promise.all([
    look(ask, dest),
    name === '' ? undefined : look(ask, joinPath(dest, name)),
  ])
  const goesInside = dest.endsWith('/') || outer.place.followed?.type === 'directory'
  return { ...(goesInside && inner ? inner : outer), makesFolder: dest.endsWith('/') && name !== '' }
}

async function probeFile(
  ask: FileQuestions,
  { source, target, mode }: { source: Source; target: Target; mode: number },
): Promise<CopyState> {
  const item = await withBefore(ask, { source, ...target })
  return { files: [{ ...item, name: '', sourceMode: mode }], folders: [], links: [], isTree: false }
}

type Found = Pick<CopyItem, 'place' | 'sha256'>

async function look(ask: FileQuestions, path: string): Promise<Found> {
  const [place, sha256] = await Promise.all([ask.place(path), ask.sum(path)])
  return { place, sha256 }
}

/** The present text, when it is to be replaced and can be shown. */
async function withBefore(ask: FileQuestions, item: Omit<CopyItem, 'before'>): Promise<CopyItem> {
  const { place, source, sha256 } = item
  const isShown = source.text !== undefined && place.followed?.type === 'file' && sha256 !== source.sha256
  return { ...item, before: isShown ? await ask.text(place.path) : undefined }
}

/** A folder goes into an existing folder under its name, unless its path ended with a slash. */
async function probeTree(
  args: CopyArgs,
  ask: FileQuestions,
  entries: readonly SourceEntry[],
): Promise<CopyState> {
  const { src = '', dest } = args
  const root = src.endsWith('/') ? withoutSlash(dest) : joinPath(dest, baseName(src))
  const at = (kind: SourceEntry['kind']) => entries.filter((entry) => entry.kind === kind)
  const place = (path: string): Promise<PathState> => ask.place(joinPath(root, path))
  const [top, folders, links, files] = await Promise.all([
    ask.place(root),
    Promise.all(at('directory').map(async ({ path }) => ({ name: path, place: await place(path) }))),
    Promise.all(
      at('link').map(async ({ path, target = '' }) => ({ name: path, target, place: await place(path) })),
    ),
    Promise.all(at('file').map((entry) => probeEntry(ask, joinPath(root, entry.path), entry))),
  ])
  return { files, links, folders: [{ name: '', place: top }, ...folders], isTree: true }
}

async function probeEntry(
  ask: FileQuestions,
  path: string,
  { path: name, file, mode }: SourceEntry,
): Promise<FileItem> {
  if (!file) throw new TaskFailure(`${name} cannot be read.`)
  const looking = look(ask, path)
  looking.catch(() => undefined)
  // Begun at once, beside the host's.
  await file.checksum('sha256')
  const found = await looking
  const source = await sourceOfFile(file, found.sha256)
  return { ...(await withBefore(ask, { source, ...inMadeFolder(found) })), name, sourceMode: mode }
}

async function probeOnHost(args: CopyArgs, ask: FileQuestions): Promise<CopyState> {
  const { src = '' } = args
  const [from, sum, target] = await Promise.all([
    ask.place(src),
    ask.sum(src),
    findTarget(ask, args.dest, baseName(src)),
  ])
  if (!from.followed) throw new TaskFailure(`The file ${src} does not exist on the host.`)
  if (from.followed.type === 'directory') return probeTreeOnHost(args, ask, from)
  if (sum === undefined) throw new TaskFailure(`The file ${src} cannot be read on the host.`)
  await requireChecksum(args, (algorithm) => ask.sum(src, algorithm))
  // The new text is read only for the diff.
  const text = target.sha256 === sum ? undefined : await ask.text(from.path)
  const source: Source = { sha256: sum, text, content: { kind: 'on-host', path: from.path } }
  return probeFile(ask, { source, target, mode: from.followed.mode })
}

async function probeTreeOnHost(args: CopyArgs, ask: FileQuestions, from: PathState): Promise<CopyState> {
  const { src = '', dest } = args
  const root = src.endsWith('/') ? withoutSlash(dest) : joinPath(dest, baseName(src))
  const listed = await ask.below(from.path)
  const entries = listed.map(({ path, entry }) => ({ path, entry, name: relativePath(from.path, path) }))
  const at = (type: string) => entries.filter(({ entry }) => entry.type === type)
  const place = (name: string): Promise<PathState> => ask.place(joinPath(root, name))
  const link = async ({ name, path }: { name: string; path: string }): Promise<LinkItem> => {
    const [found, source] = await Promise.all([place(name), ask.place(path)])
    return { name, target: source.link?.target ?? '', place: found }
  }
  const [top, folders, links, files] = await Promise.all([
    ask.place(root),
    Promise.all(at('directory').map(async ({ name }) => ({ name, place: await place(name) }))),
    Promise.all(at('link').map(link)),
    Promise.all(at('file').map((file) => probeEntryOnHost(ask, joinPath(root, file.name), file))),
  ])
  return { files, links, folders: [{ name: '', place: top }, ...folders], isTree: true }
}

async function probeEntryOnHost(
  ask: FileQuestions,
  target: string,
  { path, name, entry }: ListedEntry & { readonly name: string },
): Promise<FileItem> {
  const [found, sum] = await Promise.all([look(ask, target), ask.sum(path)])
  if (sum === undefined) throw new TaskFailure(`${path} cannot be read on the host.`)
  const source: Source = { sha256: sum, text: undefined, content: { kind: 'on-host', path } }
  return { source, ...inMadeFolder(found), before: undefined, name, sourceMode: entry.mode }
}

/** The folders of a tree are made before its files are written. */
const inMadeFolder = ({ place, sha256 }: Found): Found => ({ place: { ...place, hasParent: true }, sha256 })
