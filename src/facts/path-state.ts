import { decodeBytes } from '#sdk/byte-text.ts'
import { defineKeyedFact } from '#sdk/fact.ts'
import { pathWord } from '#sdk/host-path.ts'
import type { PathState } from '#sdk/path-state.ts'
import { parseEntry, statScript } from '#sdk/stat-output.ts'

/** More words than this do not surely fit into the argument list of one process. */
const atOnce = 500

/**
 * What stands at paths: two `stat` processes for any number of them (the second for what links lead to), and two
 * small ones for each link. Everything else is built into the shell.
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
 * `\035` begins a block, `\036` a part, `\0` ends text that may hold anything else.
 */
function block(paths: readonly string[]): string {
  return `printf '\\035'; _i=0
_all='set --'; _links='set --'
for _p in ${paths.map((path) => pathWord(path).text).join(' ')}; do
  _f=; [ -r "$_p" ] && _f=r; [ -w "$_p" ] && _f="$_f"w; [ -x "$_p" ] && _f="$_f"x
  _s=$_p; while :; do case $_s in ?*/) _s=\${_s%/} ;; *) break ;; esac; done
  case $_s in /?*/*|[!/]*/*) _d=\${_s%/*} ;; /*) _d=/ ;; *) _d=. ;; esac
  [ -d "$_d" ] && _f="$_f"p
  if [ -L "$_s" ]; then _f="$_f"l; elif [ -e "$_p" ]; then _f="$_f"e; fi
  printf '%s %s\\0' "$_f" "$_p"
  eval "_p$_i=\\$_s"
  case $_f in *[le]) _all="$_all \\"\\$_p$_i\\"" ;; esac
  case $_f in *l) [ -e "$_s" ] && _links="$_links \\"\\$_p$_i\\"" && printf t || printf d ; readlink "$_s"; printf '\\0'; readlink -f "$_s"; printf '\\0' ;; esac
  _i=$((_i + 1))
done
printf '\\036'; eval "$_all"; ${statScript()}
printf '\\036'; eval "$_links"; ${statScript('-L')}
:`
}

function parseBlock(output: string, paths: readonly string[]): readonly PathState[] {
  const parts = output.split('\x1e')
  // A path may hold the separator: the two last parts are the lists of entries.
  const words = parts.slice(0, -2).join('\x1e').split('\0')
  const entries = (parts.at(-2) ?? '').split('\n')
  const targets = (parts.at(-1) ?? '').split('\n')
  const next = {
    word: () => words.shift() ?? '',
    entry: () => entries.shift() ?? '',
    target: () => targets.shift() ?? '',
  }
  return paths.map(() => parsePath(next))
}

type Next = Readonly<Record<'word' | 'entry' | 'target', () => string>>

function parsePath(next: Next): PathState {
  const first = next.word()
  const flags = first.slice(0, first.indexOf(' '))
  return {
    path: decodeBytes(first.slice(flags.length + 1)).text,
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
  if (kind !== 'l') return { entry: undefined, followed: undefined, link: undefined }
  const target = next.word()
  return {
    entry: parseEntry(next.entry()),
    followed: target.startsWith('t') ? parseEntry(next.target()) : undefined,
    link: { target: line(target.slice(1)), real: line(next.word()) },
  }
}

const line = (text: string): string => decodeBytes(text.replace(/\n$/, '')).text
