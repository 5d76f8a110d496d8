import { raw, type Script, sh } from './quote.ts'

/** Sets `$node`: how Proxmox calls the host it runs on. */
export const nodeName = 'node=$(uname -n); node=${node%%.*}'

/** For facts: ends with `unsupported` where there is no Proxmox VE. */
export const needsProxmox = 'command -v pvesh >/dev/null 2>&1 || { echo unsupported; exit 0; }'

/**
 * A script that goes on when the connection breaks. A worker of Proxmox whose output has nowhere to go is killed
 * together with what it does (RESTEnvironment.pm, tee_worker), so long work runs as a unit of its own that writes to
 * files; where systemd does not run, nothing can be done about it.
 */
export function apart(script: Script): Script {
  return sh`[ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1 || {
${script}
exit
}
umask 077
d=$(mktemp -d /run/tsplay-XXXXXX) || exit 1
printf '%s\\n' ${script.text} >"$d/script"
: >"$d/out"; : >"$d/err"
systemd-run --quiet --collect --wait --unit="\${d##*/}" --setenv=PATH="$PATH" --setenv=LC_ALL="$LC_ALL" \\
  --setenv=HOME="$HOME" -p StandardOutput=file:"$d/out" -p StandardError=file:"$d/err" sh "$d/script"
rc=$?
cat "$d/out"; cat "$d/err" >&2
rm -rf "$d"
exit "$rc"`
}

/** `pvesh` ends with 0 when its task failed (fork_worker has no exit code to give); what it says then is all there is. */
export const pvesh = (verb: 'create' | 'set' | 'delete', path: Script, options: readonly string[]): Script =>
  sh`${raw(nodeName)}
pvesh ${verb} ${path} ${options}`
