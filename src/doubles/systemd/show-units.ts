import type { DoubleHost } from '../host.ts'
import { serviceType, type Unit } from './unit.ts'
import { fileState, isInitEnabled } from './unit-links.ts'
import { typeOf } from './unit-names.ts'
import { activeSub, isOutdated, loadedUnit, readRun, stateOf } from './unit-run.ts'
import { lastOf, valuesOf } from './unit-settings.ts'

/** What `systemctl show` knows of a unit, in the order in which systemd says it. */
export function propertiesOf(host: DoubleHost, name: string): ReadonlyMap<string, string> {
  const unit = loadedUnit(host, name)
  const state = stateOf(host, unit.id)
  const isUp = state.active === 'active' || state.active === 'activating'
  const isService = typeOf(unit.id) === 'service'
  return new Map([
    ...(isService
      ? ([
          ['Type', serviceType(unit.settings)],
          ['Restart', lastOf(unit.settings, 'Service', 'Restart') ?? 'no'],
          ['PIDFile', lastOf(unit.settings, 'Service', 'PIDFile') ?? ''],
          ['MainPID', String(isUp ? state.mainPid : 0)],
          ['ExecMainStatus', String(state.status)],
          ['Result', state.result],
          ['User', lastOf(unit.settings, 'Service', 'User') ?? ''],
        ] as const)
      : []),
    ['Id', unit.id],
    ['Names', unit.names.join(' ')],
    ['Description', descriptionOf(unit)],
    ['LoadState', unit.load],
    ['ActiveState', activeState(host, unit)],
    ['SubState', subState(host, unit)],
    ['FragmentPath', unit.path],
    ['SourcePath', unit.source],
    ['DropInPaths', unit.dropIns.join(' ')],
    ['UnitFileState', fileState(host, name)],
    ['ActiveEnterTimestampMonotonic', String(Math.round(state.since * 1e6))],
    ['CanReload', canReload(unit) ? 'yes' : 'no'],
    ['NeedDaemonReload', isOutdated(host, unit) ? 'yes' : 'no'],
    ['InvocationID', isUp ? (readRun(host, unit.id)?.invocation ?? '') : ''],
  ])
}

/** Other properties as they are written in the unit's file: `LimitNOFILE`. */
export const settingOf = (host: DoubleHost, name: string, property: string): string | undefined =>
  lastOf(loadedUnit(host, name).settings, 'Service', property)

export const descriptionOf = (unit: Unit): string => lastOf(unit.settings, 'Unit', 'Description') ?? unit.id

/** Targets without a file are systemd's own, and as good as reached. */
export const activeState = (host: DoubleHost, unit: Unit): string =>
  isReached(unit) ? 'active' : stateOf(host, unit.id).active

export const subState = (host: DoubleHost, unit: Unit): string =>
  isReached(unit) ? activeSub(unit.id) : stateOf(host, unit.id).sub

const isReached = ({ id, path, load }: Unit): boolean =>
  load === 'loaded' && path === '' && typeOf(id) === 'target'

export const canReload = (unit: Unit): boolean =>
  valuesOf(unit.settings, 'Service', 'ExecReload').length > 0 ||
  serviceType(unit.settings) === 'notify-reload'

/** What `is-enabled` says, with what it says on the way about init scripts. */
export function enablementOf(
  host: DoubleHost,
  name: string,
): { readonly word: string; readonly notes: readonly string[] } {
  const word = fileState(host, name)
  if (word !== 'generated') return { word, notes: [] }
  return { word: isInitEnabled(host, name) ? 'enabled' : 'disabled', notes: redirected(name, 'is-enabled') }
}

/** How systemctl speaks of a service that only has an init script. */
export const redirected = (name: string, verb: string): string[] => [
  `${name} is not a native service, redirecting to systemd-sysv-install.`,
  `Executing: /lib/systemd/systemd-sysv-install ${verb} ${name.replace(/[.]service$/, '')}`,
]
