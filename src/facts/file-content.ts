import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

/** A text file on a host, links followed. */
export interface FileContent {
  readonly exists: boolean
  /** Undefined when there is no file, when it is a folder or device, or may not be read. */
  readonly text: string | undefined
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

const absent: FileContent = { exists: false, text: undefined, mode: 0, uid: 0, gid: 0 }

/**
 * Whole text files by path; for files that are known to be small. The size goes before the content, so that
 * nothing inside a file can be taken for the next one.
 */
export default defineKeyedFact<FileContent>({
  name: 'file-content',
  summary: 'Content, mode and owner of text files.',
  binary: true,
  script: (paths) => `for path in ${paths.map(quote).join(' ')}; do
  if [ -f "$path" ] && [ -r "$path" ]; then
    stat -L -c 'text %a %u %g %s' -- "$path" && cat -- "$path"; echo
  elif [ -e "$path" ]; then stat -L -c 'other %a %u %g 0' -- "$path"; echo
  else printf 'absent\\n\\n'
  fi
done`,
  reads: (path) => [{ kind: 'path', name: path }],
  parse({ stdout }, paths) {
    let at = 0
    return paths.map(() => {
      const end = stdout.indexOf('\n', at)
      const [kind, mode = '0', uid, gid, size = '0'] = stdout.slice(at, end).split(' ')
      const content = stdout.slice(end + 1, end + 1 + Number(size))
      at = end + 1 + Number(size) + 1
      if (kind === 'absent') return absent
      const text = kind === 'text' ? decoded(content) : undefined
      return { exists: true, text, mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) }
    })
  },
})

/** The output came as one character a byte. */
function decoded(latin1: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Uint8Array.from(latin1, (char) => char.charCodeAt(0)),
  )
}
