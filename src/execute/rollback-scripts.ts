import { quote } from '#sdk/quote.ts'

/** What a host needs to undo changes by itself. */
export interface Rollback {
  readonly id: string
  /** How long it waits after the last change for word that it can still be reached. */
  readonly seconds: number
}

/** What is about to change for the first time under a rollback. */
export interface Endangered {
  /** By the number under which each is kept. */
  readonly paths: ReadonlyMap<number, string>
  readonly units: readonly string[]
  /** Whether ifupdown2 has to take up again what stands in its files. */
  readonly network: boolean
}

/** Relative to the acting user's home; files: `<n>.path`, `<n>.saved`, `units`, `network`, `last`, `busy`, and the state below. */
const folderOf = (id: string): string => `"$HOME"/.tsplay/confirm/${quote(id)}`

/** Folders larger than this are not copied. */
const mostKilobytes = 100 * 1024

/** Exit codes: a copy could not be made; a folder is too large for one; the host has rolled back. */
export const notSaved = 65
export const tooLarge = 66
export const rolledBack = 75

/**
 * Copies what will change and starts the watch. The state is a file that is `armed`, and renamed to `confirmed` by
 * the controller or to `fired` by the watch: whoever is first decides.
 */
export function armScript({ id, seconds }: Rollback, { paths, units, network }: Endangered): string {
  return [
    `d=${folderOf(id)}`,
    'umask 077',
    `mkdir -p "$d" || exit ${notSaved}`,
    'save() {',
    '  [ -e "$2" ] || [ -L "$2" ] || { printf %s "$2" >"$d/$1.path"; return; }',
    `  if [ -d "$2" ] && [ ! -L "$2" ] && [ "$(du -sk -- "$2" | cut -f1)" -gt ${mostKilobytes} ]; then exit ${tooLarge}; fi`,
    `  cp -pPR -- "$2" "$d/$1.saved" || exit ${notSaved}`,
    '  printf %s "$2" >"$d/$1.path"',
    '}',
    ...[...paths].map(([number, path]) => `save ${number} ${quote(path)}`),
    ...units.map((unit) => `printf '%s\\n' ${quote(unit)} >>"$d/units"`),
    ...(network ? [': >"$d/network"'] : []),
    `printf %s ${quote(watchText)} >"$d/watch"`,
    'date +%s >"$d/last"',
    'echo "$$" >"$d/busy"',
    ': >"$d/armed"',
    'if command -v setsid >/dev/null 2>&1; then s=setsid; else s=nohup; fi',
    `$s sh "$d/watch" "$d" ${seconds} </dev/null >/dev/null 2>&1 &`,
  ].join('\n')
}

/**
 * While a change is on its way the watch waits for the shell that makes it; then for word from the controller.
 * Folders that are still there get back what they held, and keep what is new in them.
 */
const watchText = `d=$1
cd /
while [ -e "$d/armed" ]; do
  sleep 1
  if [ -e "$d/busy" ] && kill -0 "$(cat "$d/busy")" 2>/dev/null; then continue; fi
  [ "$(($(date +%s) - $(cat "$d/last")))" -ge "$2" ] || continue
  mv "$d/armed" "$d/fired" 2>/dev/null || exit 0
  for f in "$d"/*.path; do
    [ -e "$f" ] || continue
    saved=\${f%.path}.saved
    p=$(cat "$f"; printf x)
    p=\${p%x}
    if [ -d "$saved" ] && [ ! -L "$saved" ] && [ -d "$p" ] && [ ! -L "$p" ]; then
      cp -pPR -- "$saved/." "$p/"
    elif [ -e "$saved" ] || [ -L "$saved" ]; then
      cp -pPR -- "$saved" "$p.tsplay-back" && rm -rf -- "$p" && mv -- "$p.tsplay-back" "$p"
    else
      rm -rf -- "$p"
    fi
  done
  [ ! -e "$d/units" ] || sort -u "$d/units" | while read -r unit; do
    if [ -d /run/systemd/system ]; then systemctl daemon-reload; systemctl restart "$unit"
    elif command -v rc-service >/dev/null 2>&1; then rc-service "$unit" restart
    else service "$unit" restart
    fi
  done
  # Restarting a unit of the network would take guests off their bridges; this changes only what differs.
  if [ -e "$d/network" ] && command -v ifreload >/dev/null 2>&1; then ifreload -a; fi
  rm -rf "$d"/*.saved "$d"/*.path "$d/units" "$d/network"
  : >"$d/restored"
done
`

/** A script whose running time counts as part of the change. Its exit code, input and output stay as they are. */
export function watchedScript(id: string, script: string): string {
  return [
    `[ ! -e ${folderOf(id)}/armed ] || echo "$$" >${folderOf(id)}/busy`,
    `(\n${script}\n)`,
    'tsplay_rc=$?',
    `if [ -e ${folderOf(id)} ]; then date +%s >${folderOf(id)}/last; rm -f ${folderOf(id)}/busy; fi`,
    'exit "$tsplay_rc"',
  ].join('\n')
}

/** Says that the host can be reached. Exits with `rolledBack` when that came too late, after the rollback is done. */
export function confirmScript(id: string): string {
  return [
    `d=${folderOf(id)}`,
    'if mv "$d/armed" "$d/confirmed" 2>/dev/null; then rm -f "$d/busy"; exit 0; fi',
    'n=0',
    'while [ ! -e "$d/restored" ] && [ "$n" -lt 60 ]; do sleep 1; n=$((n + 1)); done',
    `exit ${rolledBack}`,
  ].join('\n')
}

/** Removes the copies. */
export const forgetScript = (id: string): string => `rm -rf ${folderOf(id)}`
