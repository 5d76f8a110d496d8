import type { ListedEntry } from './listing.ts'
import type { PathState } from './path-state.ts'

/**
 * What the file modules ask a host. The answers come from facts, which sdk cannot name: each module says which. All
 * that is asked in one turn leaves in one flight.
 */
export interface FileQuestions {
  place(path: string): Promise<PathState>
  /** Lower-case hex; undefined where there is no file that can be read. */
  sum(path: string, algorithm?: 'sha256' | 'sha1' | 'md5'): Promise<string | undefined>
  /** Small text as it is; undefined for all else. */
  text(path: string): Promise<string | undefined>
  /** Everything below a folder. */
  below(folder: string): Promise<readonly ListedEntry[]>
}

/** The same questions; texts are not read unless somebody will see them. */
export function showingTexts(ask: FileQuestions, diff: boolean): FileQuestions {
  return diff ? ask : { ...ask, text: async () => undefined }
}
