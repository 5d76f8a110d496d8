import { quote, raw, type Script, sh } from './quote.ts'

/** How apt-get behaves, whatever it is asked to do. */
export interface AptBehaviour {
  /** Seconds to wait for another apt or dpkg to finish. */
  readonly lockTimeout: number
  /** As in `force-confdef,force-confold`. */
  readonly dpkgOptions: string
  /** What `policy-rc.d` says meanwhile: 101 keeps packages from starting their services. */
  readonly policyRcD?: number
  /** Tries of `update` before giving up. */
  readonly updateRetries: number
  readonly updateRetryMaxDelay: number
}

export type AptStep =
  | {
      /** `['update']`, or words for apt-get: `['install', 'nginx']`. */
      readonly words: readonly string[]
      /** Refresh the lists and try once more when a package or its file is not found: they are too old. */
      readonly refresh?: boolean
    }
  /** Shell text that may use the function `tsplay_apt`. */
  | { readonly script: Script }

/** What to expect in a step's output when it has refreshed the lists: a line of its own. */
export const refreshedMark = '\x1erefreshed'

/**
 * The shell prelude and commands for some apt-get steps. They ask nothing, wait for the lock (the lists' lock
 * knows no waiting of its own), keep needrestart and apt-listchanges quiet and end with apt-get's exit code.
 */
export function aptScript(steps: readonly AptStep[], behaviour: AptBehaviour): Script {
  const commands = steps.map(commandOf)
  return sh`${prelude(behaviour)}${raw(policy(behaviour.policyRcD))}
${raw(commands.join(' &&\n'))}`
}

function commandOf(step: AptStep): string {
  if ('script' in step) return step.script.text
  if (step.words[0] === 'update') return 'tsplay_update'
  return `${step.refresh ? 'tsplay_apt_refresh' : 'tsplay_apt'} ${step.words.map(quote).join(' ')}`
}

function prelude({ lockTimeout, dpkgOptions, updateRetries, updateRetryMaxDelay }: AptBehaviour): Script {
  const options = dpkgOptions
    .split(',')
    .map((option) => `Dpkg::Options::=--${option.trim().replace(/^--/, '')}`)
  const all = [`DPkg::Lock::Timeout=${lockTimeout}`, 'Dpkg::Use-Pty=0', ...options].flatMap((option) => [
    '-o',
    option,
  ])
  return sh`LC_ALL=C DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none
NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1
export LC_ALL DEBIAN_FRONTEND DEBIAN_PRIORITY APT_LISTCHANGES_FRONTEND NEEDRESTART_MODE NEEDRESTART_SUSPEND
tsplay_try() {
  until=$(( $(date +%s) + ${lockTimeout} ))
  while :; do
    { err=$(apt-get -y ${all} "$@" 2>&1 >&3); } 3>&1
    rc=$?
    case $rc,$err in
      0,*) ;;
      *'Could not get lock'*|*'Unable to lock'*|*'is another process using it'*)
        [ "$(date +%s)" -ge "$until" ] || { sleep 2; continue; } ;;
    esac
    return "$rc"
  done
}
tsplay_said() { [ -z "$err" ] || printf '%s\\n' "$err" >&2; return "$rc"; }
tsplay_apt() { tsplay_try "$@"; tsplay_said; }
tsplay_update() {
  try=1; pause=1
  until tsplay_apt update && case $err in *'Failed to fetch'*) false ;; esac; do
    [ "$try" -lt ${updateRetries} ] || { [ "$rc" -ne 0 ] || rc=100; return "$rc"; }
    try=$(( try + 1 )); sleep "$pause"; pause=$(( pause * 2 ))
    [ "$pause" -le ${updateRetryMaxDelay} ] || pause=${updateRetryMaxDelay}
  done
  eval "$(apt-config shell lists Dir::State::lists/d)"
  touch "$lists"
  printf '%s\\n' ${refreshedMark}
}
tsplay_apt_refresh() {
  tsplay_try "$@"
  case $rc,$err in
    0,*) tsplay_said; return ;;
    *'Unable to locate package'*|*'has no installation candidate'*|*'was not found'*|*' 404 '*) ;;
    *) tsplay_said; return ;;
  esac
  tsplay_update >/dev/null && printf '%s\\n' ${refreshedMark} && tsplay_apt "$@"
}`
}

/** See invoke-rc.d(8). What was there before comes back, however the script ends. */
function policy(code: number | undefined): string {
  if (code === undefined) return ''
  return `
policy=/usr/sbin/policy-rc.d kept=
if [ -e "$policy" ]; then kept=$policy.tsplay-$$ && mv "$policy" "$kept" || exit 1; fi
trap 'rm -f "$policy"; [ -z "$kept" ] || mv "$kept" "$policy"' 0
trap 'exit 143' 1 2 13 15
printf '#!/bin/sh\\nexit ${code}\\n' >"$policy" && chmod 755 "$policy" || exit 1`
}

/** What apt said was wrong: its `E:` lines, or its last line. */
export function aptErrors(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const errors = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice('E: '.length))
  return [...new Set(errors)].join(' ') || (lines.at(-1) ?? '')
}
