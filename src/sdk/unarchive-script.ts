import type { ArchiveEntry } from './controller.ts'
import { defaultModes, parseMode } from './file-mode.ts'
import { pathWord, pathWords } from './host-path.ts'
import { modeScript } from './mode-script.ts'
import { quote, raw, type Script, sh } from './quote.ts'
import type { UnarchiveArgs } from './unarchive-args.ts'

/**
 * Sets the shell function `unpack`, which unpacks the file "$1" into the folder "$2" by its content. Compressed archives
 * go through a pipe: not every tar knows every compression.
 */
function unpackScript(args: UnarchiveArgs): Script {
  return sh`untar() { ${tarCommand(args)}
}
unpack() {
  k=$(od -An -tx1 -N6 "$1" | tr -d ' \n')
  case $k in
  504b0304*|504b0506*) ${unzipCommand(args)} ;;
  1f8b*) gzip -dc < "$1" | untar "$2" ;;
  425a68*) bzip2 -dc < "$1" | untar "$2" ;;
  fd377a585a00) xz -dc < "$1" | untar "$2" ;;
  28b52ffd*) zstd -dc < "$1" | untar "$2" ;;
  *) untar "$2" < "$1" ;;
  esac
}`
}

function tarCommand({
  include = [],
  exclude = [],
  extra_opts = [],
  keep_newer,
  owner,
}: UnarchiveArgs): Script {
  const isPart = include.length + exclude.length > 0 || keep_newer === true
  const needs = sh`tar --version 2>/dev/null | grep -q GNU || { echo 'Leaving parts of an archive out needs GNU tar on the host.' >&2; return 127; }`
  const words = [
    ...extra_opts,
    ...(owner === undefined ? [] : ['-o']),
    ...(keep_newer ? ['--keep-newer-files'] : []),
    ...(include.length > 0 ? ['--wildcards'] : []),
    ...exclude.map((pattern) => `--exclude=${pattern}`),
  ]
  return sh`${isPart ? needs : raw(':')}
tar -x -p -f - -C "$1" ${words} ${include}`
}

function unzipCommand({ include = [], exclude = [], extra_opts = [], keep_newer }: UnarchiveArgs): Script {
  const options = [...extra_opts, ...(keep_newer ? ['-u'] : [])]
  const isWhole = options.length + include.length + exclude.length === 0
  const python = isWhole
    ? sh`elif command -v python3 >/dev/null 2>&1; then python3 -m zipfile -e "$1" "$2"`
    : raw('')
  return sh`if command -v unzip >/dev/null 2>&1; then
    unzip -o -qq ${options} "$1" ${include} ${exclude.length === 0 ? [] : ['-x', ...exclude]} -d "$2"
  ${python}
  else echo 'Unpacking a zip archive needs unzip on the host.' >&2; return 127; fi`
}

/** Unpacks a file that is on the host; `temporary`: it is removed afterwards. */
export function unpackFile(
  args: UnarchiveArgs,
  { archive, dest, temporary }: { archive: string; dest: string; temporary: boolean },
): Script {
  const gone = temporary
    ? sh`trap 'rm -f '${raw(quote(quote(archive)))} 0; trap 'exit 143' 1 2 13 15`
    : raw(':')
  return sh`${gone}
${unpackScript(args)}
unpack ${pathWord(archive)} ${pathWord(dest)}`
}

/** An entry as it stands on the host. */
export interface UnpackedPath {
  readonly path: string
  readonly type: ArchiveEntry['type']
  /** As the archive has it; 0 when it does not say. */
  readonly mode: number
}

/** Owner, group and mode of what was unpacked; links stay as they are. Undefined when nothing of it was asked for. */
export function attributesScript(entries: readonly UnpackedPath[], args: UnarchiveArgs): Script | undefined {
  const own = entries.filter(({ type }) => type !== 'link')
  const words = pathWords(own.map(({ path }) => path))
  const { owner, group, mode } = args
  const modes =
    mode === undefined
      ? undefined
      : modeScript(own.map((entry) => ({ path: entry.path, mode: newMode(mode, entry) })))
  const steps = [
    ...(owner === undefined ? [] : [sh`chown ${owner} "$p"`.text]),
    ...(group === undefined ? [] : [sh`chgrp ${group} "$p"`.text]),
  ]
  const owners = steps.length === 0 ? [] : [`for p in ${words}; do ${steps.join(' && ')} || exit 1; done`]
  const all = [...owners, ...(modes ? [modes.text] : [])]
  return own.length === 0 || all.length === 0 ? undefined : raw(all.join(' &&\n'))
}

function newMode(wanted: string | number, { mode, type }: UnpackedPath): number {
  const isDirectory = type === 'directory'
  return parseMode(wanted, mode || defaultModes[isDirectory ? 'directory' : 'file'], isDirectory)
}
