import { decodeBytes } from '#sdk/byte-text.ts'
import { defineKeyedFact } from '#sdk/fact.ts'
import { pathWords } from '#sdk/host-path.ts'

/** Files up to this size, in bytes, are given whole. */
export const contentLimit = 256 * 1024

/** A text file on a host, links followed. */
export interface FileContent {
  /** As asked for, with `~` resolved. */
  readonly path: string
  readonly exists: boolean
  /** Undefined when there is no file, when it is a folder or device, may not be read, or is large. */
  readonly text: string | undefined
  /** False: the bytes are not UTF-8, and each character of the text stands for one (see `encodeBytes`). */
  readonly utf8: boolean
  /** Over `contentLimit`: fetch it with `host.download`. */
  readonly large: boolean
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * What is in small files, byte for byte. The output is divided by a word that no file can hold, since it is made
 * when the script runs.
 */
export default defineKeyedFact<FileContent>({
  name: 'file-content',
  summary: 'Content, mode and owner of text files.',
  binary: true,
  repeats: false,
  script: (paths) => `_m=; { IFS= read -r _m </proc/sys/kernel/random/uuid; } 2>/dev/null
[ -n "$_m" ] || _m="$$.$(date +%s%N 2>/dev/null)"; echo "$_m"
for _p in ${pathWords(paths)}; do
  if [ -f "$_p" ]; then [ -r "$_p" ] && _k== || _k=!; elif [ -e "$_p" ]; then _k=!; else _k=-; fi
  printf '%s%s%s\\0' "$_m" $_k "$_p"
  [ $_k = - ] || stat -L -c '%a %u %g' -- "$_p" 2>/dev/null || echo
  [ $_k = = ] && head -c ${contentLimit + 1} -- "$_p" 2>/dev/null
done
:`,
  reads: (path) => [{ kind: 'path', name: path }],
  parse({ stdout }, paths) {
    const end = stdout.indexOf('\n')
    const parts = stdout.slice(end + 1).split(stdout.slice(0, end))
    return paths.map((_, i) => parsePart(parts[i + 1] ?? ''))
  },
})

/** `=path\0` 644 0 0, newline, content. `!` stands before what has no content to show, `-` before nothing. */
function parsePart(part: string): FileContent {
  const nul = part.indexOf('\0')
  const newline = part.indexOf('\n', nul)
  const [mode = '0', uid, gid] = part.slice(nul + 1, newline).split(' ')
  const content = part.startsWith('=') ? part.slice(newline + 1) : undefined
  const isLarge = content !== undefined && content.length > contentLimit
  const { text, utf8 } = decodeBytes(isLarge ? '' : (content ?? ''))
  return {
    path: decodeBytes(part.slice(1, nul)).text,
    exists: !part.startsWith('-'),
    text: content === undefined || isLarge ? undefined : text,
    utf8,
    large: isLarge,
    mode: Number.parseInt(mode, 8) || 0,
    uid: Number(uid ?? 0),
    gid: Number(gid ?? 0),
  }
}
