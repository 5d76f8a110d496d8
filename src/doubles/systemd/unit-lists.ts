import type { DoubleHost } from '../host.ts'
import { initScripts } from './init-script.ts'
import { findUnit, listed, type Unit, unitFolders } from './unit.ts'
import { fileState, isInitEnabled } from './unit-links.ts'
import { fullName, instanceOf, typeOf } from './unit-names.ts'
import { loadedUnit, startedUnits, stateOf } from './unit-run.ts'

/** Units with a file, or with an init script alone, by all of their names. */
export function unitFileNames(host: DoubleHost): string[] {
  const files = unitFolders.flatMap((folder) =>
    listed(host.path(folder)).filter((name) => typeOf(name) !== ''),
  )
  return [...new Set([...files, ...initScripts(host).map((name) => `${name}.service`)])].sort()
}

/** The units that systemd would hold in memory: those that run or failed, and those that start at boot. */
export function loadedUnits(host: DoubleHost): Unit[] {
  const running = startedUnits(host).filter((id) => stateOf(host, id).active !== 'inactive')
  const booted = unitFileNames(host).filter(
    (name) => instanceOf(name).instance !== '' && startsAtBoot(host, name),
  )
  return [...new Set([...running, ...booted].map((name) => findUnit(host, name).id))]
    .sort()
    .map((name) => loadedUnit(host, name))
}

function startsAtBoot(host: DoubleHost, name: string): boolean {
  const state = fileState(host, name)
  return state === 'enabled' || (state === 'generated' && isInitEnabled(host, name))
}

export const isPattern = (name: string): boolean => /[*?[]/.test(name)

/** Whether a name fits one of the patterns of a shell; any when there are none. */
export function fitting(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const full = isPattern(pattern) ? pattern : fullName(pattern)
    const source = full
      .replaceAll(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${source}$`)
  })
  return (name) => expressions.length === 0 || expressions.some((expression) => expression.test(name))
}
