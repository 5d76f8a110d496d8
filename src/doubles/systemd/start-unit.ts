import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, openSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DoubleHost } from '../host.ts'
import { withLock } from '../lock.ts'
import { serviceScript } from './service-script.ts'
import { stopUnit } from './stop-unit.ts'
import { listed, serviceType, type Unit } from './unit.ts'
import { wantedBy } from './unit-links.ts'
import { typeOf } from './unit-names.ts'
import { activeSub, forgetRun, loadedUnit, runFolder, stateOf, writeRun, writeState } from './unit-run.ts'
import { lastOf, spanOf, valuesOf, wordsOf } from './unit-settings.ts'

/** Why a unit did not start: the word that systemd has for it. Undefined when it did. */
export type StartFailure = string | undefined

export interface StartOptions {
  /** As it was loaded before, when its files say something else by now. */
  readonly loaded?: Unit
  /** Whether to wait until it is up. */
  readonly waits?: boolean
}

/** One job of a unit after the other. Not under the lock of all doubles: what is started may call them, and this one too. */
export const inTurn = <Result>(host: DoubleHost, id: string, work: () => Promise<Result>): Promise<Result> =>
  withLock(`tsplay-lab-unit ${host.root} ${id}`, work)

/**
 * Starts a unit with all it requires and wants, those that it is to come after first. Settles when it is up, as its
 * type understands that; at once for one that is.
 */
export async function startUnit(
  host: DoubleHost,
  id: string,
  { loaded, waits = true }: StartOptions = {},
): Promise<StartFailure> {
  const all = withNeeds(host, id)
  const started = new Map<string, Promise<StartFailure>>()
  const start = (name: string, chain: readonly string[]): Promise<StartFailure> => {
    const known = started.get(name)
    if (known !== undefined) return known
    const before = [...all].filter(
      (other) => isAfter(host, name, other) && !chain.includes(other) && other !== name,
    )
    const done = Promise.all(before.map((other) => start(other, [...chain, name]))).then((failures) => {
      const isBroken = before.some(
        (other, index) => failures[index] !== undefined && isRequired(host, name, other),
      )
      if (isBroken) return 'dependency'
      const isAsked = name === id && loaded !== undefined
      return inTurn(host, name, () => startAlone(host, name, { waits, ...(isAsked && { loaded }) }))
    })
    started.set(name, done)
    return done
  }
  await Promise.all([...all].map((name) => start(name, [])))
  return started.get(id)
}

const isRequired = (host: DoubleHost, name: string, other: string): boolean =>
  ['Requires', 'BindsTo'].some((key) => wordsOf(loadedUnit(host, name).settings, 'Unit', key).includes(other))

/** A unit and what it pulls in, as far as there are such units. */
function withNeeds(host: DoubleHost, id: string, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found
  found.add(id)
  const { settings } = loadedUnit(host, id)
  const needs = ['Requires', 'Wants', 'BindsTo'].flatMap((key) => wordsOf(settings, 'Unit', key))
  for (const name of [...needs, ...wantedBy(host, id)]) {
    const unit = loadedUnit(host, name)
    if (unit.load === 'loaded' && !isSystemdsOwn(unit)) withNeeds(host, unit.id, found)
  }
  return found
}

/** What a package of systemd brings belongs to a manager that does not run here. */
const isSystemdsOwn = ({ id }: Unit): boolean => /^(systemd-|getty@|console-getty|dbus-org\.)/.test(id)

function isAfter(host: DoubleHost, name: string, other: string): boolean {
  const names = loadedUnit(host, other).names
  return (
    wordsOf(loadedUnit(host, name).settings, 'Unit', 'After').some((one) => names.includes(one)) ||
    wordsOf(loadedUnit(host, other).settings, 'Unit', 'Before').includes(name)
  )
}

async function startAlone(
  host: DoubleHost,
  id: string,
  { loaded, waits }: StartOptions,
): Promise<StartFailure> {
  const { active } = stateOf(host, id)
  if (active === 'active') return undefined
  const unit = loaded ?? loadedUnit(host, id)
  if (active === 'activating') return waits ? untilStarted(host, unit) : undefined
  if (!meetsConditions(host, unit)) return undefined
  for (const other of wordsOf(unit.settings, 'Unit', 'Conflicts')) {
    if (stateOf(host, other).active === 'active') await inTurn(host, other, () => stopUnit(host, other))
  }
  forgetRun(host, id)
  const invocation = randomBytes(16).toString('hex')
  writeRun(host, { unit, invocation })
  if (typeOf(id) !== 'service') {
    writeState(host, id, ['active', activeSub(id)])
    return undefined
  }
  const failure = await runService(host, unit, invocation)
  return failure ?? (waits ? untilStarted(host, unit) : undefined)
}

async function runService(host: DoubleHost, unit: Unit, invocation: string): Promise<StartFailure> {
  const folder = runFolder(host, unit.id)
  let text: string
  try {
    text = serviceScript({ host, unit, invocation, folder, hostName: await host.name() })
  } catch (error) {
    // A file of its environment is missing.
    writeState(host, unit.id, ['failed', 'failed'], 'resources')
    writeFileSync(join(folder, 'log'), `${error instanceof Error ? error.message : error}\n`)
    return 'resources'
  }
  const script = join(folder, 'service.sh')
  writeFileSync(script, text, { mode: 0o700 })
  const log = openSync(join(folder, 'log'), 'a', 0o640)
  // Nothing of the caller's: whoever started it must be able to end without it.
  const child = spawn('/bin/sh', [script, 'start'], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: ['ignore', log, log],
  })
  writeFileSync(join(folder, 'watcher'), `${child.pid}\n`)
  child.unref()
  return undefined
}

async function untilStarted(host: DoubleHost, unit: Unit): Promise<StartFailure> {
  const deadline = Date.now() + startMs(unit)
  for (;;) {
    const outcome = outcomeOf(host, unit.id)
    if (outcome) return outcome.failure
    if (Date.now() > deadline) {
      await stopUnit(host, unit.id)
      writeState(host, unit.id, ['failed', 'failed'], 'timeout')
      return 'timeout'
    }
    await sleep(10)
  }
}

function startMs({ settings }: Unit): number {
  const span = lastOf(settings, 'Service', 'TimeoutStartSec') ?? lastOf(settings, 'Service', 'TimeoutSec')
  if (span === 'infinity' || span === '0' || serviceType(settings) === 'oneshot')
    return Number.POSITIVE_INFINITY
  return spanOf(span ?? '') ?? 90_000
}

/** Undefined while it is not decided. */
function outcomeOf(host: DoubleHost, id: string): { readonly failure: StartFailure } | undefined {
  const { active, sub, result } = stateOf(host, id)
  // A `simple` service is up when its process is there, whatever comes of it.
  if (active === 'active' || existsSync(join(runFolder(host, id), 'forked'))) return { failure: undefined }
  if (active === 'failed' || sub === 'auto-restart') return { failure: result }
  const hasEnded = active === 'inactive' && existsSync(join(runFolder(host, id), 'state'))
  return hasEnded ? { failure: result === 'success' ? undefined : result } : undefined
}

/** As far as they are about files; others hold. See systemd.unit(5), "Conditions and Asserts". */
function meetsConditions(host: DoubleHost, { settings }: Unit): boolean {
  const checks: Readonly<Record<string, (path: string) => boolean>> = {
    ConditionPathExists: existsSync,
    ConditionPathIsDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    ConditionFileNotEmpty: (path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0,
    ConditionDirectoryNotEmpty: (path) => listed(path).length > 0,
    ConditionFileIsExecutable: (path) =>
      ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0,
  }
  return Object.entries(checks).every(([key, holds]) =>
    valuesOf(settings, 'Unit', key).every((value) => {
      const path = host.path(value.replace(/^[!|]+/, ''))
      return holds(path) !== value.includes('!')
    }),
  )
}
