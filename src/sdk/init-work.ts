import type { Change } from '#model/change.ts'
import { TaskFailure } from './module.ts'
import { inOrder, raw, type Script, sh } from './quote.ts'
import type { WantedState } from './unit-work.ts'

/** What a task asks of a service that an init script runs. */
export interface InitWish {
  readonly name: string
  readonly manager: string
  readonly state?: WantedState
  readonly enabled?: boolean
  readonly runlevel: string
  /** Further words for the script. */
  readonly arguments: string
  /** Seconds between stop and start. */
  readonly sleep: number
}

interface Present {
  readonly exists: boolean
  readonly running: boolean
  readonly enabled: boolean
}

/** Throws TaskFailure for a service that does not exist. */
export function initChanges(wish: InitWish, present: Present): readonly Change[] {
  const { name, manager, state, enabled } = wish
  if (manager === 'none') throw new TaskFailure('The host has no service manager that tsplay knows.')
  if (!present.exists) throw new TaskFailure(`The host has no service ${name}.`)
  const same = state === undefined || state === (present.running ? 'started' : 'stopped')
  return [
    ...(enabled === undefined || enabled === present.enabled
      ? []
      : [{ field: 'enabled', before: present.enabled, after: enabled }]),
    ...(same ? [] : [{ field: 'state', before: present.running ? 'running' : 'stopped', after: state }]),
  ]
}

export function initScript(wish: InitWish, present: Present, fields: ReadonlySet<string>): Script {
  return inOrder([
    fields.has('enabled') ? enabling(wish) : undefined,
    fields.has('state') ? acting(wish, present.running) : undefined,
  ])
}

function enabling({ name, manager, enabled, runlevel }: InitWish): Script {
  if (manager === 'openrc') {
    return enabled ? sh`rc-update add ${name} ${runlevel}` : sh`rc-update -a del ${name}`
  }
  const debian = enabled
    ? sh`update-rc.d ${name} defaults && update-rc.d ${name} enable`
    : sh`update-rc.d ${name} disable`
  return sh`PATH=$PATH:/sbin:/usr/sbin
if command -v update-rc.d >/dev/null 2>&1; then ${debian}
elif command -v chkconfig >/dev/null 2>&1; then chkconfig ${enabled ? ['--add'] : []} ${name} ${enabled ? [] : ['off']}
else echo 'The host has neither update-rc.d nor chkconfig.' >&2; exit 1
fi`
}

/** A service that is down is started by `restarted` and `reloaded` as well. */
function acting(wish: InitWish, running: boolean): Script {
  const { state, sleep } = wish
  if (state === 'stopped') return call(wish, 'stop')
  if (!running || state === 'started') return call(wish, 'start')
  if (state === 'reloaded') return call(wish, 'reload')
  return sleep > 0
    ? sh`${call(wish, 'stop')} && sleep ${sleep} && ${call(wish, 'start')}`
    : call(wish, 'restart')
}

/** Daemons that keep the script's output open would keep the frame open, too. */
function call({ name, manager, arguments: words }: InitWish, verb: string): Script {
  const program = manager === 'openrc' ? ['rc-service', name] : [`/etc/init.d/${name}`]
  const more = words.split(/\s+/).filter((word) => word !== '')
  return sh`out=$(mktemp) && { ${[...program, verb, ...more]} ${raw('>"$out" 2>&1 </dev/null')}; rc=$?; cat "$out" >&2; rm -f "$out"; ( exit "$rc" ); }`
}
