import { folderOf, pathWord } from '#sdk/host-path.ts'
import type { ForetellingBelow } from '#sdk/module.ts'
import type { PathState } from '#sdk/path-state.ts'
import { raw } from '#sdk/quote.ts'
import checksum, { checksumKey } from './checksum.ts'
import pathState from './path-state.ts'

/** What the facts about files answer of everything in a folder that has just been made: nothing is there yet. */
export function inNewFolder(folder: string): ForetellingBelow {
  return {
    folder,
    answers: [
      { fact: pathState, key: (path) => path, value: (path) => nothingAt(path, folderOf(path) === folder) },
      { fact: checksum, key: checksumKey, value: () => undefined },
    ],
    check(path) {
      const word = pathWord(path).text
      const parent = `[ ${folderOf(path) === folder ? '' : '! '}-d ${pathWord(folderOf(path)).text} ]`
      return raw(`[ ! -e ${word} ] && [ ! -L ${word} ] && ${parent}`)
    },
  }
}

const nothingAt = (path: string, hasParent: boolean): PathState => ({
  path,
  entry: undefined,
  followed: undefined,
  link: undefined,
  readable: false,
  writable: false,
  executable: false,
  hasParent,
})
