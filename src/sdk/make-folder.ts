import { pathWord, withoutSlash } from './host-path.ts'
import { modeText } from './path-state.ts'
import { type Script, sh } from './quote.ts'

/**
 * Makes a folder and those above it. Every new one gets the owner and group, the last one the mode; those above it
 * get what the umask leaves. A folder that is there already keeps its owner.
 */
export function makeFolder(
  path: string,
  {
    owner,
    group,
    mode,
  }: {
    owner?: string | number | undefined
    group?: string | number | undefined
    mode?: number | undefined
  } = {},
): Script {
  const word = pathWord(withoutSlash(path))
  if (owner === undefined && group === undefined) return sh`mkdir -p ${word}${chmod(word, mode)}`
  const team = group === undefined ? sh`` : sh` && { [ -z "$_f" ] || chgrp -R ${group} "$_f"; }`
  const user = owner === undefined ? sh`` : sh` && { [ -z "$_f" ] || chown -R ${owner} "$_f"; }`
  return sh`_d=${word}; _f=
while [ -n "$_d" ] && [ ! -d "$_d" ]; do _f=$_d; case $_d in */*) _d=\${_d%/*} ;; *) _d= ;; esac; done
mkdir -p ${word}${user}${team}${chmod(word, mode)}`
}

const chmod = (word: Script, mode: number | undefined): Script =>
  mode === undefined ? sh`` : sh` && chmod ${modeText(mode)} ${word}`
