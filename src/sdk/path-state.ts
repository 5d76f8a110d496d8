import type { Resource } from '#model/change.ts'

/** What an inode is and says of itself. */
export interface FileEntry {
  readonly type: FileType
  /** Permission bits, set-id and sticky bits included. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Undefined when the number has no name, or the host cannot tell. */
  readonly owner: string | undefined
  readonly group: string | undefined
  readonly size: number
  /** Seconds since the epoch, with a fraction where the host tells it; undefined where it tells no times. */
  readonly atime: number | undefined
  readonly mtime: number | undefined
  readonly ctime: number | undefined
  readonly inode: number
  readonly device: number | undefined
  readonly links: number
}

export type FileType = 'file' | 'directory' | 'link' | 'block' | 'character' | 'fifo' | 'socket' | 'other'

/** What stands at a path. */
export interface PathState {
  /** As asked for, with `~` resolved. */
  readonly path: string
  /** The entry itself; undefined when there is none, or it cannot be seen. */
  readonly entry: FileEntry | undefined
  /** What the entry leads to: itself unless it is a link; undefined for a link to nothing. */
  readonly followed: FileEntry | undefined
  readonly link: { readonly target: string; readonly real: string } | undefined
  /** Whether the acting user may; false where nothing is. */
  readonly readable: boolean
  readonly writable: boolean
  readonly executable: boolean
  /** Whether the folder it stands in, or would stand in, is there. */
  readonly hasParent: boolean
}

/** `0644`, as people write permission bits. */
export const modeText = (mode: number): string => mode.toString(8).padStart(4, '0')

/** The fields that Ansible's file modules return. */
export function attributeData(entry: FileEntry | undefined): Readonly<Record<string, unknown>> {
  if (!entry) return { state: 'absent' }
  const { type, mode, uid, gid, owner, group, size } = entry
  return {
    state: type,
    mode: modeText(mode),
    uid,
    gid,
    owner: owner ?? String(uid),
    group: group ?? String(gid),
    size,
  }
}

/**
 * What a write to a path may alter: the path under both of its names. Where its folder is missing too, folders are
 * made whose other entries nobody lists, and each of those has lacked its folder until now: then any path.
 */
export function touchedBy({ path, link, hasParent }: PathState): readonly Resource[] {
  if (!hasParent) return [{ kind: 'path' }]
  return [{ kind: 'path', name: path }, ...(link ? [{ kind: 'path', name: link.real } as const] : [])]
}
