import type { Node } from '#model/node.ts'
import { readKnown, readWords, type Say } from './lab-node.ts'

/** What a lab file may name that lies outside of it. */
export interface LabSurroundings {
  /** Names of the doubles there are; none are refused when absent. */
  readonly doubles?: readonly string[]
  /** The absolute path of a file or folder that the lab file names; undefined when there is none. */
  readonly find: (path: string, kind: 'file' | 'folder') => string | undefined
}

export const packageName = /^[a-z0-9][a-z0-9+.-]+$/

/** Without a catalogue of doubles any name will do. */
export function readDoubles(
  node: Node | undefined,
  known: readonly string[] | undefined,
  say: Say,
): string[] {
  if (known) return readKnown(node, { known, what: 'double' }, say)
  return readWords(node, /^[a-z][a-z0-9-]*$/, say, 'The doubles have to be a list of names.')
}

/** What a host's settings may name. */
export interface HostNames {
  readonly layers: readonly string[]
  readonly doubles: readonly string[] | undefined
  readonly say: Say
}
