import { type Answer, lines } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { canReload } from './show-units.ts'
import { inTurn, type StartFailure, startUnit } from './start-unit.ts'
import { callScript, isStarted, stopUnit } from './stop-unit.ts'
import type { SystemctlCall } from './systemctl-call.ts'
import { findUnit, type Unit } from './unit.ts'
import { fullName } from './unit-names.ts'
import { processesOf, signal, signalNamed } from './unit-processes.ts'
import { forgetRun, isOutdated, loadedUnit, readRun, startedUnits, stateOf, writeRun } from './unit-run.ts'

type Verb =
  | 'start'
  | 'stop'
  | 'restart'
  | 'reload'
  | 'try-restart'
  | 'reload-or-restart'
  | 'try-reload-or-restart'

/** One after the other, as far as they come: each has its own complaint, and the last failure's exit code counts. */
export async function jobs({ host, options, names }: SystemctlCall, verb: Verb): Promise<Answer> {
  const answers: Answer[] = []
  const waits = !options.has('no-block')
  for (const name of names) answers.push(await job(host, loadedUnit(host, fullName(name)), { verb, waits }))
  return {
    stderr: answers.map(({ stderr = '' }) => stderr).join(''),
    exit: answers.reduce((last, { exit = 0 }) => exit || last, 0),
  }
}

interface Job {
  readonly verb: Verb
  readonly waits: boolean
}

async function job(host: DoubleHost, unit: Unit, wanted: Job): Promise<Answer> {
  const isUp = isStarted(host, unit.id)
  const refused = isUp ? undefined : unloadable(unit, wanted.verb)
  if (refused) return refused
  const warning = isUp && isOutdated(host, unit) ? [outdated(unit.id)] : []
  const answer = await perform(host, unit, wanted)
  return { ...answer, stderr: lines(warning) + (answer.stderr ?? '') }
}

async function perform(host: DoubleHost, unit: Unit, { verb, waits }: Job): Promise<Answer> {
  const { id } = unit
  const isUp = isStarted(host, id)
  if (verb === 'stop') return inTurn(host, id, () => stopUnit(host, id)).then(() => ({}))
  if (verb.startsWith('try-') && !isUp) return {}
  if (verb === 'start' || !isUp)
    return verb === 'reload' ? notActive(id) : started(id, await startUnit(host, id, { waits }))
  if (verb.endsWith('restart') && !(verb.includes('reload') && canReload(unit))) {
    await inTurn(host, id, () => stopUnit(host, id))
    return started(id, await startUnit(host, id, { loaded: unit, waits }))
  }
  return inTurn(host, id, async () => reload(host, unit))
}

function reload(host: DoubleHost, unit: Unit): Answer {
  const { id } = unit
  if (!canReload(unit)) {
    return { exit: 3, stderr: `Failed to reload ${id}: Job type reload is not applicable for unit ${id}.\n` }
  }
  return callScript(host, id, 'reload') === 0 ? {} : failed(id, 'exit-code')
}

const notActive = (id: string): Answer => ({
  exit: 1,
  stderr: `${id} is not active, cannot reload.\n`,
})

const started = (id: string, failure: StartFailure): Answer =>
  failure === undefined ? {} : failed(id, failure)

const reasons: Readonly<Record<string, string>> = {
  timeout: 'a timeout was exceeded',
  resources: 'of unavailable resources or another system error',
  signal: 'a fatal signal was delivered to the control process',
  'start-limit-hit': 'start of the service was attempted too often',
}

function failed(id: string, failure: string): Answer {
  if (failure === 'dependency') {
    const text = `A dependency job for ${id} failed. See 'journalctl -xe' for details.\n`
    return { exit: 1, stderr: text }
  }
  const reason = reasons[failure] ?? 'the control process exited with error code'
  const see = `See "systemctl status ${id}" and "journalctl -xeu ${id}" for details.`
  return { exit: 1, stderr: lines([`Job for ${id} failed because ${reason}.`, see]) }
}

/** What systemd refuses before it makes a job. */
function unloadable({ id, load }: Unit, verb: Verb): Answer | undefined {
  const to = `Failed to ${verb} ${id}: Unit ${id}`
  if (load === 'not-found') return { exit: 5, stderr: `${to} not ${verb === 'stop' ? 'loaded' : 'found'}.\n` }
  if (verb === 'stop' || load === 'loaded') return undefined
  if (load === 'masked') return { exit: 1, stderr: `${to} is masked.\n` }
  return {
    exit: 1,
    stderr: `${to} has a bad unit file setting.\nSee system logs and 'systemctl status ${id}' for details.\n`,
  }
}

const outdated = (id: string): string =>
  `Warning: The unit file, source configuration file or drop-ins of ${id} changed on disk. Run 'systemctl daemon-reload' to reload units.`

/** What is started is loaded anew; what is not, is whenever somebody asks. */
export function daemonReload(host: DoubleHost): void {
  for (const id of startedUnits(host)) {
    const run = readRun(host, id)
    const unit = findUnit(host, id)
    if (run && unit.load === 'loaded') writeRun(host, { ...run, unit })
  }
}

export function resetFailed({ host, names }: SystemctlCall): Answer {
  const ids = names.length > 0 ? names.map((name) => findUnit(host, fullName(name)).id) : startedUnits(host)
  const unknown = ids.find((id) => findUnit(host, id).load === 'not-found' && !readRun(host, id))
  if (unknown)
    return {
      exit: 1,
      stderr: `Failed to reset failed state of unit ${unknown}: Unit ${unknown} not loaded.\n`,
    }
  for (const id of ids) if (stateOf(host, id).active === 'failed') forgetRun(host, id)
  return {}
}

export function kill({ host, options, names }: SystemctlCall): Answer {
  const text = options.text('s') ?? 'TERM'
  const number = signalNamed(text)
  if (number === undefined) return { exit: 1, stderr: `Failed to parse signal string ${text}.\n` }
  for (const id of names.map((one) => findUnit(host, fullName(one)).id)) {
    const { mainPid } = stateOf(host, id)
    const run = readRun(host, id)
    if (run)
      signal(options.text('kill-whom') === 'main' ? [mainPid] : processesOf(run.invocation, mainPid), number)
  }
  return {}
}
