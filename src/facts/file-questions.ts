import type { FileQuestions } from '#sdk/file-questions.ts'
import type { ReadHost } from '#sdk/host.ts'
import checksum, { checksumKey } from './checksum.ts'
import directoryListing from './directory-listing.ts'
import fileContent from './file-content.ts'
import pathState from './path-state.ts'

/** What `sum` asks for a path, for `FileWrite.sum`. */
export const sumQuestion = (path: string) => ({ fact: checksum, key: checksumKey(path) })

/** The facts about files, as questions to one host. */
export function fileQuestions(host: ReadHost): FileQuestions {
  return {
    place: (path) => host.fact(pathState, path),
    sum: (path, algorithm) => host.fact(checksum, checksumKey(path, algorithm)),
    below: (folder) => host.fact(directoryListing, folder),
    async text(path) {
      const { text, utf8 } = await host.fact(fileContent, path)
      return utf8 ? text : undefined
    },
  }
}
