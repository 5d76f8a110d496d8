import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { TaskFailure } from '#sdk/module.ts'
import { statusNow } from './status-now.ts'

export type FileKind = 'files' | 'templates' | 'vars'

export interface FileSearch {
  /** Where relative paths are looked for, in order. */
  readonly places: readonly string[]
  /** What is looked for. */
  readonly type: 'file' | 'folder'
}

/** The absolute path of a file or folder on this machine; undefined when no place has it. */
export function findFile(path: string, { places, type }: FileSearch): string | undefined {
  for (const candidate of candidates(path, places)) {
    const found = statusNow(candidate)
    if (type === 'folder' ? found?.isDirectory() : found && !found.isDirectory()) return candidate
  }
  return undefined
}

/** `~/x` below the home of whoever runs tsplay. */
export const atHome = (path: string): string =>
  /^~(?=\/|$)/.test(path) ? join(homedir(), path.slice(1)) : path

/** Made one by one, since the first is mostly there. */
function* candidates(path: string, places: readonly string[]): Iterable<string> {
  const expanded = atHome(path)
  if (isAbsolute(expanded)) return yield expanded
  for (const place of places) yield resolve(place, expanded)
}

/** Says where a file was looked for. */
export function fileMissing(path: string, places: readonly string[]): TaskFailure {
  const searched = [...new Set(candidates(path, places))]
  const where = searched.length === 1 ? `at ${searched[0]}` : `in any of these places: ${searched.join(', ')}`
  return new TaskFailure(`The file "${path}" was not found ${where}.`, { searched })
}
