import { decodeBytes } from '#sdk/byte-text.ts'
import { defineKeyedFact } from '#sdk/fact.ts'
import { pathWord } from '#sdk/host-path.ts'
import type { PathState } from '#sdk/path-state.ts'
import { parseEntry, statScript } from '#sdk/stat-output.ts'

/** More words than this do not surely fit into the argument list of one process. */
const atOnce = 500

/**
 * What stands at paths: two `stat` processes for any number of them (the second for what links lead to), and two
 * of `readlink` when there are links. Everything else is built into the shell.
 */
export default defineKeyedFact<PathState>({
  name: 'path-state',
  summary: 'What stands at paths: type, mode, owner, size, times, link target.',
  binary: true,
  script: (paths) => blocks(paths).map(block).join('\n'),
  reads: (path) => [{ kind: 'path', name: path }],
  standsFor: ({ link }) => (link?.real ? [{ kind: 'path', name: link.real }] : []),
  parse({ stdout }, paths) {
    const outputs = stdout.split('\x1d').slice(1)
    return blocks(paths).flatMap((some, i) => parseBlock(outputs[i] ?? '', some))
  },
})

function blocks(paths: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(paths.length / atOnce)
  return Array.from({ length: count }, (_, i) => paths.slice(i * atOnce, (i + 1) * atOnce))
}

/**
 * Numbers first, then records in the order of those numbers: no path has to be recognized in the output.
 * `\035` begins a block, `\036` a part, `\0` ends text that may hold anything else. What the loop finds is printed at
 * once: each line by itself would be a packet of its own.
 */
function block(paths: readonly string[]): string {
  return `_i=0; _told='set --'
_all='set --'; _links='set --'; _reach='set --'
for _p in ${paths.map((path) => pathWord(path).text).join(' ')}; do
  _f=; [ -r "$_p" ] && _f=r; [ -w "$_p" ] && _f="$_f"w; [ -x "$_p" ] && _f="$_f"x
  _s=$_p; while :; do case $_s in ?*/) _s=\${_s%/} ;; *) break ;; esac; done
  case $_s in /?*/*|[!/]*/*) _d=\${_s%/*} ;; /*) _d=/ ;; *) _d=. ;; esac
  [ -d "$_d" ] && _f="$_f"p
  if [ -L "$_s" ]; then if [ -e "$_s" ]; then _f="$_f"t; else _f="$_f"d; fi; elif [ -e "$_p" ]; then _f="$_f"e; fi
  eval "_f$_i=\\$_f _w$_i=\\$_p _p$_i=\\$_s"; _told="$_told \\"\\$_f$_i\\" \\"\\$_w$_i\\""
  case $_f in *[tde]) _all="$_all \\"\\$_p$_i\\"" ;; esac
  case $_f in *[td]) _links="$_links \\"\\$_p$_i\\"" ;; esac
  case $_f in *t) _reach="$_reach \\"\\$_p$_i\\"" ;; esac
  _i=$((_i + 1))
done
eval "$_told"; printf '\\035'; printf '%s %s\\0' "$@"
eval "$_links"; ${readLinks}
printf '\\036'; eval "$_all"; ${statScript()}
printf '\\036'; eval "$_reach"; ${statScript('-L')}
:`
}

/**
 * Where all links point, then what they lead to. GNU's program tells it of all at once and fails when it could not tell it of
 * one; then, and where it is another's that knows no -z, they are asked one by one. The last word says what came.
 */
const readLinks = `if [ $# -gt 0 ]; then
if readlink -z -- "$@" 2>/dev/null && readlink -zf -- "$@" 2>/dev/null; then printf 'all\\0'
else
  for _p do readlink "$_p"; printf '\\0'; done
  for _p do readlink -f "$_p"; printf '\\0'; done
  printf 'each\\0'
fi; fi`

function parseBlock(output: string, paths: readonly string[]): readonly PathState[] {
  const parts = output.split('\x1e')
  // A path may hold the separator: the two last parts are the lists of entries.
  const words = parts.slice(0, -2).join('\x1e').split('\0')
  const flags = paths.map((_, i) => flagsIn(words[i] ?? ''))
  const links = linksIn(words.slice(paths.length), flags.filter(isLink).length)
  const entries = (parts.at(-2) ?? '').split('\n')
  const targets = (parts.at(-1) ?? '').split('\n')
  const next = {
    link: () => links.shift(),
    entry: () => entries.shift() ?? '',
    target: () => targets.shift() ?? '',
  }
  return flags.map((some, i) => parsePath(some, words[i] ?? '', next))
}

interface Next {
  link(): PathState['link']
  entry(): string
  target(): string
}

const flagsIn = (word: string): string => word.slice(0, word.indexOf(' '))
const isLink = (flags: string): boolean => /[td]$/.test(flags)

/** What an attempt to ask for all at once has left behind comes before it. */
function linksIn(words: readonly string[], count: number): NonNullable<PathState['link']>[] {
  const told = words.slice(0, -2).slice(-2 * count)
  const isEach = words.at(-2) === 'each'
  const said = (word = ''): string => decodeBytes(isEach ? word.replace(/\n$/, '') : word).text
  return Array.from({ length: count }, (_, i) => ({ target: said(told[i]), real: said(told[count + i]) }))
}

function parsePath(flags: string, word: string, next: Next): PathState {
  return {
    path: decodeBytes(word.slice(flags.length + 1)).text,
    ...parseEntries(flags.at(-1), next),
    readable: flags.includes('r'),
    writable: flags.includes('w'),
    executable: flags.includes('x'),
    hasParent: flags.includes('p'),
  }
}

function parseEntries(kind: string | undefined, next: Next): Pick<PathState, 'entry' | 'followed' | 'link'> {
  if (kind === 'e') {
    const entry = parseEntry(next.entry())
    return { entry, followed: entry, link: undefined }
  }
  if (kind !== 't' && kind !== 'd') return { entry: undefined, followed: undefined, link: undefined }
  const entry = parseEntry(next.entry())
  return { entry, followed: kind === 't' ? parseEntry(next.target()) : undefined, link: next.link() }
}
