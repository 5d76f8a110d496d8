import { decodeBytes } from './byte-text.ts'
import { pathWord } from './host-path.ts'
import type { FileEntry } from './path-state.ts'
import { raw, type Script, sh } from './quote.ts'
import { parseEntry } from './stat-output.ts'

/** One thing below a folder. */
export interface ListedEntry {
  /** As the host names it: the folder that was asked for, and the way below it. */
  readonly path: string
  readonly entry: FileEntry
}

const format = '%f %u %g %U %G %s %X %Y %Z %h %i %d'

/**
 * A script that lists what `find` finds, each with what stat says of it, for `parseListing`. `tests` go to find as they
 * are. A folder that is not there lists nothing; what may not be read is passed over.
 */
export function listScript(paths: readonly string[], tests: Script = raw(''), follow = false): Script {
  // The marks are bytes that names do not have, as good as never: GNU's stat would take escapes, BusyBox's does not.
  const words = raw(paths.map((path) => pathWord(path).text).join(' '))
  return sh`_a=$(printf '\\036'); _z=$(printf '\\037')
find ${raw(follow ? '-L' : '')} ${words} ${tests} -exec stat ${raw(follow ? '-L' : '')} -c "$_a${raw(format)} %n$_z" -- {} + 2>/dev/null
:`
}

/** The output of `listScript`, which must have been read as binary. In the order that find found. */
export function parseListing(stdout: string): readonly ListedEntry[] {
  return stdout
    .split('\x1e')
    .slice(1)
    .flatMap((record) => {
      const text = record.slice(0, record.lastIndexOf('\x1f'))
      const words = text.split(' ', 12).join(' ')
      const entry = parseEntry(words)
      return entry ? [{ path: decodeBytes(text.slice(words.length + 1)).text, entry }] : []
    })
}
