import { TaskFailure } from './module.ts'
import { quote, raw, type Script } from './quote.ts'

/**
 * A path on a host as a shell word: `~` and `~user` in front are left to the host's shell, everything else is
 * quoted. A path that begins with a dash gets `./` in front, so that no program takes it for an option.
 */
export function pathWord(path: string): Script {
  if (path.includes('\0')) throw new TaskFailure('A path cannot hold a NUL byte.')
  const [, home, rest = ''] = /^(~[A-Za-z0-9._-]*)(\/[\s\S]*)?$/.exec(path) ?? []
  if (home !== undefined) return raw(rest.length < 2 ? home : `${home}/${quote(rest.slice(1))}`)
  return raw(quote(path.startsWith('-') ? `./${path}` : path))
}

/** Several path words, with spaces between them. */
export const pathWords = (paths: readonly string[]): Script =>
  raw(paths.map((path) => pathWord(path).text).join(' '))

/** The last component: `b` of `/a/b` and of `/a/b/`. */
export function baseName(path: string): string {
  const trimmed = withoutSlash(path)
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** Everything above the last component; `.` for a bare name. */
export function folderOf(path: string): string {
  const trimmed = withoutSlash(path)
  const slash = trimmed.lastIndexOf('/')
  if (slash < 0) return '.'
  return slash === 0 ? '/' : trimmed.slice(0, slash)
}

export function joinPath(folder: string, name: string): string {
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

/** Without slashes at its end; the root stays as it is. */
export const withoutSlash = (path: string): string => path.replace(/\/+$/, '') || '/'
