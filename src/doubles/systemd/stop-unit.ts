import { spawnSync } from 'node:child_process'
import { existsSync, openSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DoubleHost } from '../host.ts'
import { isRunning, processesOf, signal, signalNamed } from './unit-processes.ts'
import { readRun, readText, runFolder, stateOf, type UnitRun, writeState } from './unit-run.ts'
import { lastOf, spanOf } from './unit-settings.ts'

/** Stops a unit that is started, and settles when nothing of it runs that its `KillMode=` gives up. */
export async function stopUnit(host: DoubleHost, id: string): Promise<void> {
  const run = readRun(host, id)
  const state = stateOf(host, id)
  if (!run || state.active === 'inactive' || state.active === 'failed') return
  const folder = runFolder(host, id)
  if (!existsSync(join(folder, 'service.sh'))) {
    writeState(host, id, ['inactive', 'dead'])
    return
  }
  // From here on its watcher does not start it again.
  writeFileSync(join(folder, 'stopping'), '')
  callScript(host, id, 'stop')
  await endProcesses(run, state.mainPid)
  await end(host, id)
}

/** See systemd.kill(5). */
async function endProcesses({ unit: { settings }, invocation }: UnitRun, mainPid: number): Promise<void> {
  const mode = lastOf(settings, 'Service', 'KillMode') ?? 'control-group'
  const first =
    signalNamed(lastOf(settings, 'Service', 'KillSignal') ?? 'SIGTERM') ?? constants.signals.SIGTERM
  const all = () => processesOf(invocation, mainPid)
  const main = () => (mainPid > 0 && isRunning(mainPid) ? [mainPid] : [])
  const concerned = mode === 'control-group' ? all : main
  if (mode === 'none') return
  signal(concerned(), first)
  const span = spanOf(lastOf(settings, 'Service', 'TimeoutStopSec') ?? '') ?? defaultStopMs
  if (!(await until(() => concerned().length === 0, span))) signal(all(), constants.signals.SIGKILL)
  if (mode === 'mixed') signal(all(), constants.signals.SIGKILL)
}

/** As the hosts of a lab with systemd are told, by DefaultTimeoutStopSec=. */
const defaultStopMs = 5000

/** What watches it tells how it ended; for a `forking` one, nobody does. */
async function end(host: DoubleHost, id: string): Promise<void> {
  const watcher = Number(readText(join(runFolder(host, id), 'watcher')))
  const ended = await until(() => !isRunning(watcher), defaultStopMs)
  if (!ended) signal([watcher], constants.signals.SIGKILL)
  const { active } = stateOf(host, id)
  if (active === 'failed') return
  if (!ended || active === 'active') {
    callScript(host, id, 'stop_post')
    callScript(host, id, 'clean')
  }
  writeState(host, id, ['inactive', 'dead'])
}

/** Runs one part of the service's script, which says how it went by its exit code. */
export function callScript(
  host: DoubleHost,
  id: string,
  part: 'stop' | 'stop_post' | 'clean' | 'reload',
): number {
  const folder = runFolder(host, id)
  const log = openSync(join(folder, 'log'), 'a', 0o640)
  const pid = String(stateOf(host, id).mainPid || '')
  const { status } = spawnSync('/bin/sh', [join(folder, 'service.sh'), part, pid], {
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: ['ignore', log, log],
  })
  return status ?? 1
}

/** Whether a unit that is not asked to run runs on: what was killed from outside, say. */
export const isStarted = (host: DoubleHost, id: string): boolean =>
  ['active', 'activating'].includes(stateOf(host, id).active)

async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (const began = Date.now(); !holds(); await sleep(10)) if (Date.now() - began > ms) return false
  return true
}
