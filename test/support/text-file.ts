import type { FileContent } from '#facts/file-content.ts'

/** A text file as a host would show it; without a text, one that does not exist. */
export function textFile(path: string, text?: string): FileContent {
  const exists = text !== undefined
  return { path, exists, text, utf8: true, large: false, mode: exists ? 0o644 : 0, uid: 0, gid: 0 }
}
