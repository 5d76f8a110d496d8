import type { DoubleHost } from '../host.ts'
import { type ExecLine, quote, readExecLine } from './exec-line.ts'
import { notifyListener } from './notify-listener.ts'
import { accountOf, serviceEnvironment } from './service-environment.ts'
import { serviceType, type Unit } from './unit.ts'
import { specified } from './unit-names.ts'
import { flagOf, lastOf, type Setting, spanOf, valuesOf, wordsOf } from './unit-settings.ts'

export interface ServiceScript {
  readonly host: DoubleHost
  readonly unit: Unit
  /** Of this start, as systemd names it. */
  readonly invocation: string
  /** Where the service's run is kept: `state` and more. */
  readonly folder: string
  readonly hostName: string
}

/**
 * The shell script that does for one service what systemd does: it prepares, starts, watches and starts again. It
 * keeps the service's state in a file, so that whoever asks need not ask it.
 *
 * A shell costs a host less than a megabyte for each service; the double itself ends with each call.
 */
export function serviceScript(given: ServiceScript): string {
  const settings = settingsOf(given)
  const environment = serviceEnvironment(given.host, settings, given.invocation)
  const commands = (key: string) =>
    valuesOf(settings, 'Service', key).map((line) => call(readExecLine(line, environment)))
  const body = (name: string, lines: readonly string[]) => `${name}() {\n${[':', ...lines].join(' &&\n')}\n}`
  const type = serviceType(settings)
  return [
    '#!/bin/sh',
    `dir=${quote(given.folder)}`,
    `restart=${quote(lastOf(settings, 'Service', 'Restart') ?? 'no')}`,
    `prevented=${quote(` ${wordsOf(settings, 'Service', 'RestartPreventExitStatus').join(' ')} `)}`,
    `successes=${quote(` ${wordsOf(settings, 'Service', 'SuccessExitStatus').join(' ')} `)}`,
    `pause=${seconds(lastOf(settings, 'Service', 'RestartSec'), 0.1)}`,
    `interval=${seconds(limit(settings, 'StartLimitIntervalSec') ?? limit(settings, 'StartLimitInterval'), 10)}`,
    `burst=${Number(limit(settings, 'StartLimitBurst') ?? 5)}`,
    `pidfile=${quote(pidFileOf(given.host, settings))}`,
    `ignored=${valuesOf(settings, 'Service', 'ExecStart').every((line) => line.startsWith('-')) ? 'yes' : ''}`,
    `remains=${flagOf(settings, 'Service', 'RemainAfterExit') ? 'yes' : ''}`,
    execution(given.host, settings, environment),
    notifyListener(given.folder),
    body('prepare', folders(given.host, settings)),
    body('clean', cleaning(given.host, settings)),
    body('pre', commands('ExecStartPre')),
    body('main', commands('ExecStart')),
    body('post', commands('ExecStartPost')),
    body('stop', commands('ExecStop')),
    body('stop_post', commands('ExecStopPost')),
    body('reload', reloading(type, commands('ExecReload'))),
    common,
    type === 'oneshot' ? oneshot : type === 'forking' ? forking : watched(type),
    `case $1 in
start) start ;;
*) MAINPID=$2; "$1" ;;
esac
`,
  ].join('\n')
}

export function settingsOf({ unit, hostName }: Pick<ServiceScript, 'unit' | 'hostName'>): Setting[] {
  return unit.settings.map((one) => ({ ...one, value: specified(one.value, unit.id, hostName) }))
}

const limit = (settings: readonly Setting[], key: string): string | undefined =>
  lastOf(settings, 'Unit', key) ?? lastOf(settings, 'Service', key)

const seconds = (span: string | undefined, fallback: number): number =>
  span === undefined ? fallback : (spanOf(span) ?? 0) / 1000

const pidFileOf = (host: DoubleHost, settings: readonly Setting[]): string => {
  const file = lastOf(settings, 'Service', 'PIDFile')
  return file === undefined ? '' : host.path(file.startsWith('/') ? file : `/run/${file}`)
}

const reloading = (type: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 && type === 'notify-reload' ? ['kill -HUP "$MAINPID"'] : lines

function call({ shellWords, mayFail, asRoot }: ExecLine): string {
  const words = [asRoot ? 'run_as_root' : 'run', ...shellWords].join(' ')
  return mayFail ? `{ ${words} || :; }` : words
}

/** How programs are run: in their folder, with their environment and as their user. */
function execution(
  host: DoubleHost,
  settings: readonly Setting[],
  environment: Readonly<Record<string, string>>,
): string {
  const place = lastOf(settings, 'Service', 'WorkingDirectory')?.replace(/^-/, '') ?? '/'
  const folder = place === '~' ? (accountOf(host, settings)?.home ?? '/root') : place
  const variables = Object.entries(environment).map(([name, value]) => quote(`${name}=${value}`))
  const env = `exec env -i ${variables.join(' ')} MAINPID="$MAINPID" $listened`
  return `enter() {
  cd ${quote(host.path(folder))} || exit 200
  umask ${lastOf(settings, 'Service', 'UMask') ?? '0022'}
  ${openFiles(lastOf(settings, 'Service', 'LimitNOFILE')?.split(':')[0])}
}
become() { enter; ${env} ${becoming(settings)}"$@"; }
become_root() { enter; ${env} "$@"; }
# The shell itself becomes the main process, and waits for the others.
run() { if [ "$here" ]; then become "$@"; else (become "$@"); fi; }
run_as_root() { if [ "$here" ]; then become_root "$@"; else (become_root "$@"); fi; }`
}

function openFiles(limit: string | undefined): string {
  if (limit === undefined) return ':'
  return `ulimit -n ${limit === 'infinity' ? '"$(ulimit -Hn)"' : limit} 2>/dev/null`
}

function becoming(settings: readonly Setting[]): string {
  const user = lastOf(settings, 'Service', 'User')
  const group = lastOf(settings, 'Service', 'Group')
  if (user === undefined && group === undefined) return ''
  if (user === undefined) return `setpriv --clear-groups --regid=${group} -- `
  return `setpriv --init-groups --regid=${group ?? mainGroup(user)} --reuid=${user} -- `
}

const mainGroup = (user: string): string => `"$(id -g ${quote(user)})"`

/** See systemd.exec(5), RuntimeDirectory= and its kin. */
function folders(host: DoubleHost, settings: readonly Setting[]): string[] {
  const user = lastOf(settings, 'Service', 'User') ?? 'root'
  const group = lastOf(settings, 'Service', 'Group') ?? ''
  const kinds = [
    ['RuntimeDirectory', '/run'],
    ['StateDirectory', '/var/lib'],
    ['CacheDirectory', '/var/cache'],
    ['LogsDirectory', '/var/log'],
    ['ConfigurationDirectory', '/etc'],
  ] as const
  return kinds.flatMap(([key, above]) => {
    const mode = lastOf(settings, 'Service', `${key}Mode`) ?? '0755'
    const owner =
      key === 'ConfigurationDirectory' || user === 'root'
        ? []
        : [`-o ${quote(user)}`, `-g ${group || mainGroup(user)}`]
    return wordsOf(settings, 'Service', key).map((name) =>
      ['install -d', `-m ${mode}`, ...owner, quote(host.path(`${above}/${name}`))].join(' '),
    )
  })
}

/** What a service has while it runs alone. */
const cleaning = (host: DoubleHost, settings: readonly Setting[]): string[] =>
  lastOf(settings, 'Service', 'RuntimeDirectoryPreserve') === 'yes'
    ? []
    : wordsOf(settings, 'Service', 'RuntimeDirectory').map(
        (name) => `rm -rf ${quote(host.path(`/run/${name}`))}`,
      )

const common = `MAINPID=
listened=
here=
state() {
  read -r up _ </proc/uptime
  printf '%s %s %s %s %s %s\\n' "$1" "$2" "$3" "$4" "$5" "$up" >"$dir/state.new"
  mv -f "$dir/state.new" "$dir/state"
}
# Whether a process runs: one that nobody has waited for yet has ended all the same.
runs() { read -r stat <"/proc/$1/stat" && case $stat in *') Z '*) false ;; esac; } 2>/dev/null
classify() {
  if [ "$ignored" ]; then result=success; return; fi
  case " $1 " in
  ' 0 ' | ' 129 ' | ' 130 ' | ' 141 ' | ' 143 ') result=success ;;
  *) result=exit-code; [ "$1" -le 128 ] || result=signal ;;
  esac
  case $successes in *" $1 "*) result=success ;; esac
}
settle() {
  clean
  if [ "$result" = success ]; then state inactive dead 0 success "$1"
  else state failed failed 0 "$result" "$1"
  fi
}`

const oneshot = `start() {
  state activating start 0 success 0
  prepare && pre && main && post
  code=$?
  classify "$code"
  if [ "$result" = success ] && [ "$remains" ] && [ ! -e "$dir/stopping" ]; then state active exited 0 success "$code"
  else stop_post; settle "$code"
  fi
}`

/** Whoever asks looks whether the process runs: nobody waits for one that left its parent. */
const forking = `start() {
  state activating start 0 success 0
  prepare && pre && main
  code=$?
  classify "$code"
  if [ "$result" != success ]; then stop_post; settle "$code"; return; fi
  tries=0
  while [ "$pidfile" ] && [ ! -s "$pidfile" ] && [ "$tries" -lt 250 ]; do tries=$((tries + 1)); sleep 0.02; done
  [ ! "$pidfile" ] || read -r MAINPID <"$pidfile" || :
  post
  if [ "$MAINPID" ]; then state active running "$MAINPID" success 0
  else state active exited 0 success 0
  fi
}`

const watched = (type: string): string => `start() {
  starts=
  while :; do
    state activating start-pre 0 success 0
    rm -f "$dir/ready"
    if prepare && pre; then
      ${type.startsWith('notify') ? 'listened="perl $dir/listened $dir"' : ':'}
      { here=yes; main; } & MAINPID=$!
      listened=
      ${type.startsWith('notify') ? waiting : ':'}
      post
      ${type.startsWith('notify') ? 'if runs "$MAINPID"; then is_up; fi' : 'is_up; : >"$dir/forked"'}
      # A shell tells how its children ended.
      { wait "$MAINPID"; } 2>/dev/null
      code=$?
    else code=$?
    fi
    MAINPID=
    classify "$code"
    stop_post
    if [ -e "$dir/stopping" ] || ! again; then settle "$code"; return; fi
    state activating auto-restart 0 "$result" "$code"
    sleep "$pause"
    if [ -e "$dir/stopping" ]; then settle "$code"; return; fi
  done
}
is_up() { state active running "$MAINPID" success 0; }
again() {
  case $prevented in *" $code "*) return 1 ;; esac
  case $restart/$result in
  always/* | on-success/success | on-failure/exit-code | on-failure/signal | on-abnormal/signal | on-abort/signal) ;;
  *) return 1 ;;
  esac
  read -r up _ </proc/uptime
  now=\${up%.*}
  recent=
  count=1
  for one in $starts; do
    if [ $((now - one)) -lt "\${interval%.*}" ]; then recent="$recent $one"; count=$((count + 1)); fi
  done
  starts="$recent $now"
  [ "\${interval%.*}" -eq 0 ] || [ "$count" -lt "$burst" ] || { result=start-limit-hit; return 1; }
}`

const waiting = `state activating start "$MAINPID" success 0
      while [ ! -e "$dir/ready" ] && runs "$MAINPID"; do sleep 0.02; done`
