import type { Change } from '#model/change.ts'
import { modeText } from './path-state.ts'
import type { SyncOptions } from './sync-options.ts'

/** One thing on either side, by its path below the folder. */
export interface SyncEntry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  /** Of a file. */
  readonly sum?: string | undefined
  /** Of a link. */
  readonly target?: string | undefined
}

/** What has to be done to the destination, in paths below it. */
export interface SyncWork {
  /** Goes first: what shall not be there, or is of another kind. Nothing below an entry is listed. */
  readonly remove: readonly string[]
  /** Travels: new and other files, folders and links; parents first. */
  readonly send: readonly SyncEntry[]
  readonly chmod: readonly SyncEntry[]
}

/** Compares two folders by what files hold, never by their times. */
export function syncWork(
  source: readonly SyncEntry[],
  destination: readonly SyncEntry[],
  options: SyncOptions,
): SyncWork {
  const wanted = source.filter(({ path }) => !options.isExcluded(path))
  const there = new Map(destination.map((entry) => [entry.path, entry]))
  const names = new Set(wanted.map(({ path }) => path))
  const other = wanted.filter(({ path, kind }) => there.has(path) && there.get(path)?.kind !== kind)
  const extra = options.deletes
    ? destination.filter(({ path }) => !names.has(path) && !options.isExcluded(path))
    : []
  const send = wanted.filter((entry) => isOther(entry, there.get(entry.path), options))
  const sent = new Set(send.map(({ path }) => path))
  const chmod = wanted.filter(
    ({ path, kind, mode }) =>
      options.perms &&
      kind !== 'link' &&
      !sent.has(path) &&
      there.has(path) &&
      there.get(path)?.mode !== mode,
  )
  return { remove: topmost([...other, ...extra].map(({ path }) => path)), send, chmod }
}

function isOther(entry: SyncEntry, present: SyncEntry | undefined, { existingOnly }: SyncOptions): boolean {
  if (!present) return !existingOnly
  if (present.kind !== entry.kind) return true
  if (entry.kind === 'file') return present.sum !== entry.sum
  return entry.kind === 'link' && present.target !== entry.target
}

function topmost(paths: readonly string[]): readonly string[] {
  const all = new Set(paths)
  return [...all].filter(
    (path) => !path.split('/').some((_, i, parts) => i > 0 && all.has(parts.slice(0, i).join('/'))),
  )
}

/** The work as changes, for people. */
export function syncChanges(work: SyncWork, destination: readonly SyncEntry[]): readonly Change[] {
  const there = new Map(destination.map((entry) => [entry.path, entry]))
  return [
    ...work.remove.map((path) => ({ field: path, before: there.get(path)?.kind, after: 'absent' })),
    ...work.send.map((entry) => ({
      field: entry.path,
      before: shown(there.get(entry.path)),
      after: shown(entry),
    })),
    ...work.chmod.map(({ path, mode }) => ({
      field: `mode ${path}`,
      before: modeText(there.get(path)?.mode ?? 0),
      after: modeText(mode),
    })),
  ]
}

function shown(entry: SyncEntry | undefined): string {
  if (!entry) return 'absent'
  if (entry.kind === 'link') return `link to ${entry.target}`
  return entry.kind === 'file' && entry.sum !== undefined ? `file ${entry.sum.slice(0, 12)}` : entry.kind
}
