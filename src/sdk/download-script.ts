import type { SumAlgorithm } from './checksum-text.ts'
import type { FileWrite } from './host.ts'
import { baseName, folderOf, joinPath, pathWord } from './host-path.ts'
import { type HttpRequest, httpScript } from './http-script.ts'
import { modeText } from './path-state.ts'
import { raw, type Script, sh } from './quote.ts'
import { sumProgram } from './sum-program.ts'

/** The file that a path means: itself, or the one of this name inside, should it be a folder. */
interface Target {
  readonly path: string
  readonly name: string
}

/**
 * Prints the sha256 of what an address gives, when the file is there; nothing is written. With `since`, the server
 * may say that it has nothing newer: then there is nothing to print.
 */
export function compareScript(request: HttpRequest, { path, name }: Target): Script {
  return sh`f=${pathWord(path)}; [ ! -d "$f" ] || f=$f/${name}
if [ -f "$f" ]; then
_since=$(TZ=UTC0 date -r "$f" '+%a, %d %b %Y %H:%M:%S GMT' 2>/dev/null)
{ ${httpScript(request)}
} | { ${sumProgram('sha256')}
}
fi`
}

/** Exit codes of `downloadScript`. */
export const noAnswer = 3
export const wrongSum = 4

/**
 * Downloads into a temporary file beside the target, checks its sum, sets owner and mode, and renames it: an
 * interrupted download leaves the old file. Prints `sum <hex>` and `backup <path>`.
 */
export function downloadScript(
  request: HttpRequest,
  target: Omit<FileWrite, 'content'>,
  goal: { readonly algorithm: SumAlgorithm; readonly hex: string } | undefined,
): Script {
  const { path, mode, owner, group, backup } = target
  const word = pathWord(path)
  const temporary = joinPath(folderOf(path), `.${baseName(path)}.tsplay-`)
  const ownership = [owner ?? '', ...(group === undefined ? [] : [group])].join(':')
  const check = goal
    ? sh`s=$( { ${sumProgram(goal.algorithm)}
} < "$t"); s=\${s%%[ *]*}; printf 'sum %s\\n' "$s"; [ "$s" = ${goal.hex} ] || exit ${wrongSum}`
    : raw(':')
  return sh`t=${pathWord(temporary)}$$
trap 'rm -f "$t" "$t.log"' 0; trap 'exit 143' 1 2 13 15
umask 077
( ${httpScript(request)}
) > "$t" 2>"$t.log"; cat "$t.log" >&2
c=$(sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p' "$t.log" | tail -n 1)
{ grep -q '^exit 0$' "$t.log" && case \${c:-200} in 2*) ;; *) false ;; esac; } || exit ${noAnswer}
${check}
${ownership === '' ? raw('') : sh`chown ${ownership} "$t" || exit 1`}
chmod ${modeText(mode)} "$t" || exit 1
${backup ? sh`b=${word}.$(date +%Y-%m-%d@%H:%M:%S)~; [ ! -e ${word} ] || { cp -p ${word} "$b" && printf 'backup %s\\n' "$b"; } || exit 1` : raw('')}
mv -f "$t" ${word}`
}
