import type { Change } from '#model/change.ts'
import { TaskFailure } from './module.ts'
import { inOrder, type Script, sh } from './quote.ts'
import { type SystemdUnit, systemctl, type UnitScope } from './systemd-unit.ts'

export type WantedState = 'started' | 'stopped' | 'restarted' | 'reloaded'

/** What a task asks of a systemd unit. */
export interface UnitWish {
  readonly unit: string
  readonly scope: UnitScope
  readonly state?: WantedState
  readonly enabled?: boolean
  readonly masked?: boolean
  readonly force?: boolean
  readonly noBlock?: boolean
  /** A unit that has only an init script: whether that starts at boot. */
  readonly initEnabled?: boolean
}

/** Present states that `state: started` is content with. */
const up: ReadonlySet<string> = new Set(['active', 'activating', 'reloading'])

/** Words of `UnitFileState` that `enabled: true` is content with: the last ones cannot be enabled and need not be. */
const enabledWords: ReadonlySet<string> = new Set(['enabled', 'alias', 'static', 'indirect', 'transient'])
const disablableWords: ReadonlySet<string> = new Set([
  'enabled',
  'enabled-runtime',
  'linked',
  'linked-runtime',
])

/** Throws TaskFailure for a unit that does not exist. */
export function unitChanges(wish: UnitWish, unit: SystemdUnit): readonly Change[] {
  requireUnit(wish, unit)
  return [...maskChange(wish, unit), ...enableChange(wish, unit), ...stateChange(wish, unit)]
}

function requireUnit({ unit, state, enabled, scope }: UnitWish, { load, error }: SystemdUnit): void {
  if (load === 'unavailable') throw new TaskFailure(`systemd does not answer on this host: ${error}`)
  const needed = state !== undefined || enabled !== undefined
  // No manager knows the global scope: systemctl only edits links there.
  if (!needed || scope === 'global') return
  if (load === 'not-found') throw new TaskFailure(`The host has no service ${unit}.`)
  if (load === 'bad-setting' || load === 'error') {
    throw new TaskFailure(
      `systemd cannot load ${unit} (${load}). \`systemd-analyze verify ${unit}\` tells why.`,
    )
  }
}

const isMasked = ({ load, enabled }: SystemdUnit): boolean =>
  load === 'masked' || enabled.startsWith('masked')

function maskChange({ masked }: UnitWish, unit: SystemdUnit): readonly Change[] {
  const before = isMasked(unit)
  return masked === undefined || masked === before ? [] : [{ field: 'masked', before, after: masked }]
}

function enableChange({ enabled, initEnabled }: UnitWish, unit: SystemdUnit): readonly Change[] {
  if (enabled === undefined) return []
  const same =
    unit.enabled === 'generated'
      ? (initEnabled ?? enabled) === enabled
      : enabled
        ? enabledWords.has(unit.enabled)
        : !disablableWords.has(unit.enabled)
  return same ? [] : [{ field: 'enabled', before: unit.enabled || false, after: enabled }]
}

function stateChange({ state }: UnitWish, { active, sub }: SystemdUnit): readonly Change[] {
  if (state === undefined) return []
  const isUp = up.has(active)
  if (state === 'started' && isUp) return []
  if (state === 'stopped' && !isUp && active !== 'deactivating') return []
  return [{ field: 'state', before: sub === active ? active : `${active} (${sub})`, after: state }]
}

export interface UnitWork {
  readonly wish: UnitWish
  readonly unit: SystemdUnit
  /** The names of the changes. */
  readonly fields: ReadonlySet<string>
  readonly daemonReload: boolean
  readonly daemonReexec: boolean
}

/** The systemctl calls for what differs. A unit that does not start is shown with the last lines it said. */
export function unitScript({ wish, unit, fields, daemonReload, daemonReexec }: UnitWork): Script {
  const { scope } = wish
  const masks = fields.has('masked')
  return inOrder([
    daemonReexec ? systemctl(scope, 'daemon-reexec') : undefined,
    daemonReload ? systemctl(scope, 'daemon-reload') : undefined,
    masks && !wish.masked ? fileCall(wish, 'unmask') : undefined,
    fields.has('enabled') ? fileCall(wish, wish.enabled ? 'enable' : 'disable') : undefined,
    fields.has('state') ? stateScript(wish, unit) : undefined,
    masks && wish.masked ? fileCall(wish, 'mask') : undefined,
  ])
}

function fileCall({ scope, force, unit }: UnitWish, verb: string): Script {
  const forced = force && (verb === 'enable' || verb === 'mask')
  return systemctl(scope, verb, ...(forced ? ['--force'] : []), unit)
}

function stateScript(wish: UnitWish, { active }: SystemdUnit): Script {
  const { scope, unit } = wish
  const verb = verbFor(wish.state ?? 'started', up.has(active))
  const change = systemctl(scope, verb, ...(wish.noBlock ? ['--no-block'] : []), unit)
  const status = systemctl(scope, 'status', '--no-pager', '--full', '--lines=20', unit)
  return sh`${change} || { rc=$?; ${status} >&2; exit "$rc"; }`
}

/** A service that is down is started by `restarted` and `reloaded` as well. */
function verbFor(state: WantedState, isUp: boolean): string {
  if (state === 'stopped') return 'stop'
  if (!isUp || state === 'started') return 'start'
  return state === 'restarted' ? 'restart' : 'reload'
}
