import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DoubleHost } from '../host.ts'
import { findUnit, listed, serviceType, type Unit } from './unit.ts'
import { typeOf } from './unit-names.ts'
import { isRunning } from './unit-processes.ts'
import { flagOf, lastOf } from './unit-settings.ts'

/** What systemd would hold in memory about a unit that it has started. Ends with the host's boot. */
export interface UnitRun {
  /** As it was loaded: a changed file counts from the next daemon-reload on. */
  readonly unit: Unit
  readonly invocation: string
}

export interface UnitState {
  readonly active: 'active' | 'inactive' | 'failed' | 'activating'
  readonly sub: string
  readonly mainPid: number
  readonly result: string
  /** Of the main process. */
  readonly status: number
  /** When it became so, in seconds since the machine's start. */
  readonly since: number
}

const runsFolder = (host: DoubleHost): string => host.path('/run/tsplay-lab/systemd')

/** Also holds the script that watches a service, its `state` and its `log`. */
export const runFolder = (host: DoubleHost, id: string): string => join(runsFolder(host), id)

/** The units that were started since the boot, or have failed. */
export const startedUnits = (host: DoubleHost): string[] => listed(runsFolder(host))

export function readRun(host: DoubleHost, id: string): UnitRun | undefined {
  const text = readText(join(runFolder(host, id), 'run.json'))
  return text === '' ? undefined : JSON.parse(text)
}

export function writeRun(host: DoubleHost, run: UnitRun): void {
  const folder = runFolder(host, run.unit.id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'run.json.new'), JSON.stringify(run))
  renameSync(join(folder, 'run.json.new'), join(folder, 'run.json'))
}

export const forgetRun = (host: DoubleHost, id: string): void =>
  rmSync(runFolder(host, id), { recursive: true, force: true })

/** The unit as systemd has it: as it was loaded while it is started, else as its files say now. */
export function loadedUnit(host: DoubleHost, name: string): Unit {
  const found = findUnit(host, name)
  const run = readRun(host, found.id)
  if (!run || stateOf(host, found.id).active === 'inactive') return found
  return { ...run.unit, names: found.names }
}

/** Whether its files say something else than what is loaded. */
export const isOutdated = (host: DoubleHost, unit: Unit): boolean =>
  findUnit(host, unit.id).stamp !== unit.stamp

export function stateOf(host: DoubleHost, id: string): UnitState {
  const text = readText(join(runFolder(host, id), 'state'))
  const [active, sub = '', mainPid, result = 'success', status, since] = text.trim().split(' ')
  const numbers = { mainPid: Number(mainPid ?? 0), status: Number(status ?? 0), since: Number(since ?? 0) }
  if (active !== 'active' && active !== 'activating' && active !== 'failed')
    return { ...idle, ...numbers, result, mainPid: 0 }
  const state = { active, sub, result, ...numbers } as const
  return active === 'active' && mainHasGone(state) ? afterMain(host, id, state) : state
}

const idle: UnitState = {
  active: 'inactive',
  sub: 'dead',
  mainPid: 0,
  result: 'success',
  status: 0,
  since: 0,
}

const mainHasGone = ({ mainPid }: UnitState): boolean => mainPid !== 0 && !isRunning(mainPid)

/** Nobody watches what a `forking` service has left behind. Another process may have taken over: nginx does so for upgrades. */
function afterMain(host: DoubleHost, id: string, state: UnitState): UnitState {
  const settings = readRun(host, id)?.unit.settings ?? []
  if (serviceType(settings) !== 'forking') return state
  const file = lastOf(settings, 'Service', 'PIDFile')
  const mainPid = file === undefined ? 0 : Number(readText(host.path(file)))
  if (mainPid > 0 && isRunning(mainPid)) return { ...state, mainPid }
  const remains = flagOf(settings, 'Service', 'RemainAfterExit')
  return remains ? { ...state, sub: 'exited', mainPid: 0 } : { ...idle, since: state.since }
}

export function writeState(
  host: DoubleHost,
  id: string,
  [active, sub]: readonly [string, string],
  result = 'success',
): void {
  const folder = runFolder(host, id)
  mkdirSync(folder, { recursive: true })
  const [since] = readFileSync('/proc/uptime', 'utf8').split(' ')
  writeFileSync(join(folder, 'state.new'), `${active} ${sub} 0 ${result} 0 ${since}\n`)
  renameSync(join(folder, 'state.new'), join(folder, 'state'))
}

/** What a unit that runs no program is while it is active, by its type. */
export const activeSub = (id: string): string =>
  ({ timer: 'waiting', socket: 'listening', path: 'waiting', mount: 'mounted' })[typeOf(id)] ?? 'active'

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
