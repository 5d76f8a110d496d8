import type { ModuleDefinition } from '#sdk/module.ts'
import type { FileEntry, PathState } from '#sdk/path-state.ts'
import type { TextFile } from '#sdk/text-file.ts'

export const anEntry: FileEntry = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  size: 10,
  atime: 1,
  mtime: 2,
  ctime: 3,
  inode: 4,
  device: 5,
  links: 1,
}

/** What stands at a path: a regular file unless said otherwise. */
export function aPlace(entry: Partial<FileEntry> | undefined = {}, more: Partial<PathState> = {}): PathState {
  const whole = entry && { ...anEntry, ...entry }
  const may = whole !== undefined
  return {
    path: '/f',
    entry: whole,
    followed: whole,
    link: undefined,
    readable: may,
    writable: may,
    executable: false,
    hasParent: true,
    ...more,
  }
}

/** A path with nothing at it. */
export const nothing: PathState = {
  ...aPlace(),
  entry: undefined,
  followed: undefined,
  readable: false,
  writable: false,
}

/** A text file with this content; none when it is undefined. */
export const textState = (text: string | undefined): TextFile => ({
  place: text === undefined ? nothing : aPlace(),
  content: text === undefined ? undefined : { text, utf8: true },
})

/** What an editing module makes of a text; the text itself when it plans nothing. */
export function edited(
  module: Pick<ModuleDefinition, 'plan'>,
  args: unknown,
  text: string | undefined,
): string | undefined {
  const changes = module.plan({ args, state: textState(text), mode: 'apply' })
  const diff = changes.find((change) => change.diff)?.diff
  return diff ? diff.after : text
}
