import type { Change } from '#model/change.ts'
import { attributeScript } from './file-attributes.ts'
import { pathWord } from './host-path.ts'
import { modeText } from './path-state.ts'
import { quote, raw, type Script, sh } from './quote.ts'
import type { UnarchiveArgs } from './unarchive-args.ts'

/** Sets the shell function `unpack`, which unpacks the file "$1" into the folder "$2" by its content. */
export function unpackScript(args: UnarchiveArgs): Script {
  const { include = [], exclude = [], extra_opts = [], keep_newer, owner } = args
  const tar = [
    ...extra_opts,
    ...(keep_newer ? ['--keep-newer-files'] : []),
    ...(owner === undefined ? [] : ['-o']),
    ...exclude.map((pattern) => `--exclude=${pattern}`),
  ]
  const wild = include.length === 0 ? [] : ['--wildcards']
  const zip = [...extra_opts, keep_newer ? '-u' : '']
  const skipped = exclude.length === 0 ? [] : ['-x', ...exclude]
  return sh`unpack() {
  k=$(od -An -tx1 -N6 "$1" | tr -d ' \\n')
  case $k in
  504b0304*|504b0506*)
    if command -v unzip >/dev/null 2>&1; then unzip -o -qq ${zip.filter((word) => word !== '')} "$1" ${include} ${skipped} -d "$2"
    elif command -v bsdtar >/dev/null 2>&1; then bsdtar -xf "$1" -C "$2" ${exclude.map((pattern) => `--exclude=${pattern}`)} ${include}
    elif ${raw(zip.some((word) => word !== '') || exclude.length + include.length > 0 ? 'false' : 'command -v python3 >/dev/null 2>&1')}; then python3 -m zipfile -e "$1" "$2"
    else echo 'Unpacking a zip archive needs unzip on the host.' >&2; return 127; fi ;;
  1f8b*) untar -z "$1" "$2" ;;
  425a68*) untar -j "$1" "$2" ;;
  fd377a585a00) untar -J "$1" "$2" ;;
  28b52ffd*) untar --zstd "$1" "$2" ;;
  *) untar '' "$1" "$2" ;;
  esac
}
untar() {
  w=; [ -z ${wild.length > 0 ? 'x' : ''} ] || { tar --version 2>/dev/null | grep -q GNU && w=--wildcards; }
  tar -x -p $1 -f "$2" -C "$3" ${tar} $w ${include}
}`
}

/** Unpacks a file that is on the host; `temporary`: it is removed afterwards. */
export function unpackFile(
  args: UnarchiveArgs,
  { archive, dest, temporary }: { archive: string; dest: string; temporary: boolean },
): Script {
  const gone = temporary ? sh`trap 'rm -f '${raw(quote(quote(archive)))} 0; trap 'exit 143' 1 2 13 15` : raw(':')
  return sh`${gone}
${unpackScript(args)}
unpack ${pathWord(archive)} ${pathWord(dest)}`
}

/** Owner, group and mode of entries, which are paths on the host. */
export function attributesScript(paths: readonly string[], args: UnarchiveArgs): Script | undefined {
  const wanted: readonly Change[] = [
    ...(args.owner === undefined ? [] : [{ field: 'owner', before: undefined, after: args.owner }]),
    ...(args.group === undefined ? [] : [{ field: 'group', before: undefined, after: args.group }]),
    ...(args.mode === undefined ? [] : [{ field: 'mode', before: undefined, after: modeWord(args.mode) }]),
  ]
  const script = attributeScript(raw('"$p"'), wanted)
  if (!script || paths.length === 0) return undefined
  return sh`for p in ${raw(paths.map((path) => pathWord(path).text).join(' '))}; do [ -L "$p" ] || { ${script}; } || exit 1; done`
}

const modeWord = (mode: string | number): string =>
  typeof mode === 'number' ? modeText(mode) : mode.replace(/^0o/, '0')
