import { type FileEntry, modeText, type PathState } from './path-state.ts'

const flags: readonly (readonly [string, number])[] = [
  ['rusr', 0o400],
  ['wusr', 0o200],
  ['xusr', 0o100],
  ['rgrp', 0o040],
  ['wgrp', 0o020],
  ['xgrp', 0o010],
  ['roth', 0o004],
  ['woth', 0o002],
  ['xoth', 0o001],
  ['isuid', 0o4000],
  ['isgid', 0o2000],
]

/** What Ansible's `stat` and `find` tell of an entry. */
export function statData(path: string, entry: FileEntry): Readonly<Record<string, unknown>> {
  const { type, mode } = entry
  return {
    path,
    mode: modeText(mode),
    isdir: type === 'directory',
    ischr: type === 'character',
    isblk: type === 'block',
    isreg: type === 'file',
    isfifo: type === 'fifo',
    islnk: type === 'link',
    issock: type === 'socket',
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    inode: entry.inode,
    dev: entry.device,
    nlink: entry.links,
    atime: entry.atime,
    mtime: entry.mtime,
    ctime: entry.ctime,
    pw_name: entry.owner,
    gr_name: entry.group,
    ...Object.fromEntries(flags.map(([name, bit]) => [name, (mode & bit) !== 0])),
  }
}

/** What `stat` tells of a path; of what it leads to when links are followed. */
export function placeData(place: PathState, follow: boolean): Readonly<Record<string, unknown>> {
  const entry = follow ? place.followed : place.entry
  if (!entry) return { exists: false }
  return {
    exists: true,
    ...statData(place.path, entry),
    readable: place.readable,
    writeable: place.writable,
    executable: place.executable,
    ...(place.link ? { lnk_source: place.link.real, lnk_target: place.link.target } : {}),
  }
}
