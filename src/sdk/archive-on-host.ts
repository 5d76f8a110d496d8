import { decodeBytes } from './byte-text.ts'
import type { ArchiveEntry } from './controller.ts'
import { pathWord } from './host-path.ts'
import { type HttpRequest, httpScript } from './http-script.ts'
import { raw, type Script, sh } from './quote.ts'
import { modeOf } from './stat-output.ts'
import type { UnarchiveArgs } from './unarchive-args.ts'

/** What a host says of an archive that is there. */
export interface HostArchive {
  /** Why there is nothing to say. */
  readonly failure: string | undefined
  /** GNU's tar compares contents as well; undefined where nothing does. */
  readonly differs: boolean | undefined
  readonly entries: readonly ArchiveEntry[]
}

/** Lists an archive of the host, or one that an address gives, and compares it with the folder where tar can. */
export function lookIntoArchive(args: UnarchiveArgs, request: HttpRequest | undefined): Script {
  const options = [
    ...(args.extra_opts ?? []),
    ...(args.exclude ?? []).map((pattern) => `--exclude=${pattern}`),
  ]
  const fetch = request
    ? sh`f=\${TMPDIR:-/tmp}/.tsplay-archive-$$; trap 'rm -f "$f" "$f.log"' 0
( umask 077; : > "$f" ); ( ${httpScript(request)}
) > "$f" 2>"$f.log"
c=$(sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p' "$f.log" | tail -n 1)
{ grep -q '^exit 0$' "$f.log" && case \${c:-200} in 2*) ;; *) false ;; esac; } || { echo "failed HTTP status \${c:-none}"; exit 0; }`
    : sh`f=${pathWord(args.src)}`
  return sh`${fetch}
[ -f "$f" ] || { echo "failed It is not there."; exit 0; }
k=$(od -An -tx1 -N6 "$f" | tr -d ' \\n')
z=; case $k in 504b0304*|504b0506*) z=zip ;; 1f8b*) z=-z ;; 425a68*) z=-j ;; fd377a585a00) z=-J ;; 28b52ffd*) z=--zstd ;; esac
if [ "$z" = zip ]; then echo unknown; unzip -l "$f" 2>/dev/null || { echo 'failed Listing a zip archive needs unzip on the host.'; }
else
  if tar --version 2>/dev/null | grep -q GNU; then
    tar -d $z -f "$f" -C ${pathWord(args.dest)} ${options} 2>&1 | grep -Eq ${differences} && echo yes || echo no
  else echo unknown; fi
  LC_ALL=C tar -t -v $z -f "$f" 2>/dev/null || echo 'failed It cannot be read as an archive.'
fi
${raw(':')}`
}

/** What GNU's tar says when unpacking would change a file; times, owners and modes it also compares are left out. */
const differences =
  'Contents differ|Size differs|No such file or directory|Symlink differs|File type differs|Not linked to'

/** The output of `lookIntoArchive`, read as binary. */
export function readHostArchive(stdout: string): HostArchive {
  const [first = '', ...lines] = stdout.split('\n')
  const failure = [first, ...lines].find((line) => line.startsWith('failed '))?.slice('failed '.length)
  const differs = first === 'yes' ? true : first === 'no' ? false : undefined
  return { failure, differs, entries: lines.flatMap((line) => entryOf(decodeBytes(line).text) ?? []) }
}

function entryOf(line: string): ArchiveEntry | undefined {
  const common = { mode: 0, modified: new Date(0) }
  const [, size, zipName] = /^\s*(\d+)\s+[\d-]{8,10}\s+\d\d:\d\d\s+(.+)$/.exec(line) ?? []
  if (zipName !== undefined) {
    return zipName.endsWith('/')
      ? { ...common, path: clean(zipName), type: 'directory' }
      : { ...common, path: clean(zipName), type: 'file', size: Number(size) }
  }
  const [, kind, letters = '', tarSize, name = ''] =
    /^([-dlh])(\S*)\s+\S+\s+(\d+)\s+\S+\s+\S+\s(.+)$/.exec(line) ?? []
  if (kind === undefined) return undefined
  const mode = modeOf(letters)
  if (kind === 'd') return { ...common, mode, path: clean(name), type: 'directory' }
  if (kind === '-') return { ...common, mode, path: clean(name), type: 'file', size: Number(tarSize) }
  const [path = '', target = ''] = name.split(kind === 'l' ? ' -> ' : ' link to ')
  return { ...common, path: clean(path), type: kind === 'l' ? 'link' : 'hard link', target }
}

const clean = (name: string): string =>
  name
    .replace(/^(\.?\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '')
