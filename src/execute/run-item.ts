import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Resource } from '#model/change.ts'
import type { Status } from '#model/event.ts'
import type { Conditions, Task } from '#model/program.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { callKey } from './ahead-calls.ts'
import { allHold } from './conditions.ts'
import { errorResult, unknownResult } from './error-result.ts'
import { evaluate } from './evaluate.ts'
import { groundOf } from './ground.ts'
import { guardFor } from './guard-changes.ts'
import { type CallSite, prepareCall, type TaskSite } from './module-call.ts'
import { isHidden, withheld } from './no-log.ts'
import { dependsOn, predict } from './predictions.ts'
import { type ModuleCall, type ModuleOutcome, runModule } from './run-module.ts'
import type { Scope } from './scope.ts'
import { takeAhead } from './take-ahead.ts'
import { flag, number } from './task-keywords.ts'
import { plainResult, type TaskResult } from './task-result.ts'
import { unlessUnknown } from './unknown-variables.ts'
import { withinTime } from './within-time.ts'

/**
 * One task, or one item of its loop, on one host: condition, arguments, module, and again until `until` holds.
 * Never throws for what the user or the host did wrong.
 */
export async function runItem(site: TaskSite): Promise<TaskResult> {
  const started = performance.now()
  const hidden = await isHidden(site)
  const found = await attempt(hidden ? { ...site, progress: () => undefined } : site)
  const result = hidden ? withheld(found, (text) => site.run.dependencies.onSecret(text)) : found
  return { ...result, outcome: { ...result.outcome, durationMs: Math.round(performance.now() - started) } }
}

async function attempt(site: TaskSite): Promise<TaskResult> {
  const { run, task, scope } = site
  try {
    const holds = await evaluate(run, scope, () => allHold(task.when, scope))
    if (!holds) return plainResult('skipped', { because: skipReason(task.when, scope) })
    const ground = await evaluate(run, scope, () => groundOf(site))
    const placed = { ...site, ...ground }
    return task.until || task.retries ? await retried(placed) : await once(placed)
  } catch (error) {
    return errorResult(unlessUnknown(error, run.host(site.host)))
  }
}

const skipReason = (when: Conditions, scope: Scope): string => {
  const failing = when.find((condition) => !allHold([condition], scope))
  return failing ? `The condition "${failing.text}" is false.` : ''
}

/** Runs 1 + retries times at most; the number of runs is reported as `attempts`. */
async function retried(site: CallSite): Promise<TaskResult> {
  const { run, task, scope } = site
  const retries = (await evaluate(run, scope, () => number(task.retries, scope))) ?? 3
  const delay = (await evaluate(run, scope, () => number(task.delay, scope))) ?? 5
  for (let attempts = 1; ; attempts += 1) {
    const result = await once(site).catch(errorResult)
    const done = { ...result, outcome: { ...result.outcome, attempts } }
    const registered = withAttempts(result.registered, attempts)
    if (result.outcome.status === 'unreachable' || result.outcome.status === 'unknown') return done
    if (await evaluate(run, scope, () => untilHolds(site, registered))) return { ...done, registered }
    if (attempts > retries) return exhausted(done, registered)
    site.progress(`attempt ${attempts} of ${retries + 1} did not succeed; next in ${delay} s`)
    await sleep(delay * 1000, undefined, { signal: run.dependencies.signal })
    site.session.store.forget([{ kind: 'everything' }])
  }
}

function untilHolds({ task, scope }: CallSite, registered: unknown): boolean {
  if (!task.until) return !isRecord(registered) || registered['failed'] !== true
  return allHold(task.until, withResult(task, scope, registered))
}

function exhausted(result: TaskResult, registered: unknown): TaskResult {
  const msg =
    result.outcome.msg ?? `The condition of "until" did not hold after ${result.outcome.attempts} attempts.`
  return {
    ...result,
    outcome: { ...result.outcome, status: 'failed', msg },
    registered: isRecord(registered) ? { ...registered, failed: true, msg } : registered,
  }
}

const withAttempts = (registered: unknown, attempts: number): unknown =>
  isRecord(registered) ? { ...registered, attempts } : registered

/** One call of the module, judged by `changed_when` and `failed_when`. */
async function once(site: CallSite): Promise<TaskResult> {
  return (await begunAhead(site)) ?? (await begunNow(site))
}

/** The result of a call that was begun before its turn; undefined when there was none, or it was not carried out. */
async function begunAhead(site: CallSite): Promise<TaskResult | undefined> {
  const { run, scope, task } = site
  const ahead = takeAhead(run, run.host(site.host), callKey(task, site.item))
  if (!ahead) return undefined
  ahead.attach(site.progress)
  try {
    const outcome = await ahead.outcome
    if (!outcome) return undefined
    if (outcome.changes.length > 0) site.onTouched?.(outcome.touched, site)
    return await evaluate(run, scope, () => judged(site, ahead.call, outcome))
  } catch (error) {
    const result = errorResult(error)
    return evaluate(run, scope, () => judgedFailure(site, result))
  }
}

async function begunNow(site: CallSite): Promise<TaskResult> {
  const { run, scope } = site
  const call = await withGuard(site, await evaluate(run, scope, () => prepareCall(site)))
  const reads: Resource[] = []
  try {
    const outcome = await evaluate(run, scope, () =>
      withinTime(call, (limited) => runModule(limited, (read) => reads.push(...read))),
    )
    if (call.mode === 'check') predict(site, outcome)
    else if (outcome.changes.length > 0) site.onTouched?.(outcome.touched, site)
    return await evaluate(run, scope, () => judged(site, call, outcome))
  } catch (error) {
    const result = errorResult(error)
    const isOpen = call.mode === 'check' && result.outcome.status === 'failed'
    const cause = isOpen ? dependsOn(site, reads, 'any') : undefined
    if (cause !== undefined) return unknownResult(cause)
    return evaluate(run, scope, () => judgedFailure(site, result))
  }
}

/** Work on the controller, jobs that outlive the task, and check mode leave nothing to be taken back. */
async function withGuard(site: CallSite, call: ModuleCall): Promise<ModuleCall> {
  if (call.mode === 'check' || call.module.runs === 'controller' || call.detached) return call
  const guard = await guardFor(site, call.as)
  return guard ? { ...call, guard } : call
}

type JudgedCall = Pick<ModuleCall, 'mode' | 'diff'>

function judged(site: CallSite, { mode, diff }: JudgedCall, outcome: ModuleOutcome): TaskResult {
  const { task, scope } = site
  const { result, changes } = outcome
  const hidden = mode === 'check' ? checkVerdict(site, outcome) : undefined
  if (hidden) return hidden
  tellSecrets(site, result.data)
  const base = { changed: result.changed ?? changes.length > 0, failed: result.failed ?? false }
  const registered = registeredResult(outcome, base)
  const changed = task.changedWhen
    ? allHold(task.changedWhen, withResult(task, scope, registered))
    : base.changed
  const failed = task.failedWhen
    ? allHold(task.failedWhen, withResult(task, scope, { ...registered, changed }))
    : base.failed
  const failedWhen = task.failedWhen ? { failed_when_result: failed } : {}
  return {
    outcome: {
      status: statusOf({ failed, changed, skipped: result.skipped !== undefined, mode }),
      changed,
      changes,
      diffs: diff ? diffsOf(changes) : [],
      durationMs: 0,
      ...described(outcome),
      ...(failed && result.msg === undefined ? { msg: failureText(task, registered) } : {}),
    },
    registered: { ...registered, changed, failed, ...failedWhen },
    effects: result.effects ? [{ ...result.effects, ...aim(site) }] : [],
  }
}

/** What a module learned that nobody shall see is masked from now on, wherever it turns up. */
function tellSecrets({ run }: CallSite, data: Readonly<Record<string, unknown>> = {}): void {
  for (const value of Object.values(data)) {
    if (value instanceof Secret) run.dependencies.onSecret(value.reveal())
  }
}

/** Of a loop each item may have a delegate of its own. */
function aim({ task, scope, runsOn }: CallSite): { readonly host?: string } {
  return flag(task.keywords.delegateFacts, scope) ? { host: runsOn } : {}
}

/** A failure of the module itself can still be called a success by `failed_when`. */
function judgedFailure(site: CallSite, result: TaskResult): TaskResult {
  const { task, scope } = site
  if (result.outcome.status !== 'failed' || !task.failedWhen || !isRecord(result.registered)) return result
  const failed = allHold(task.failedWhen, withResult(task, scope, result.registered))
  const registered = { ...result.registered, failed, failed_when_result: failed }
  return { ...result, registered, outcome: { ...result.outcome, status: failed ? 'failed' : 'ok' } }
}

/** In check mode a task may be unknown: its change is not predictable, or it read what was not really changed. */
function checkVerdict(site: CallSite, { changes, reads, moot }: ModuleOutcome): TaskResult | undefined {
  if (changes.some(({ before, after }) => before instanceof Unknown || after instanceof Unknown)) {
    const name = site.taskName
    const { outcome } = plainResult('unknown', { because: name, msg: 'Only running it would tell.' })
    return { outcome: { ...outcome, changes }, registered: new Unknown(name), effects: [] }
  }
  const cause = changes.length === 0 ? dependsOn(site, reads, moot ? 'any' : 'exact') : undefined
  return cause === undefined ? undefined : unknownResult(cause)
}

function registeredResult({ result, changes }: ModuleOutcome, base: { changed: boolean; failed: boolean }) {
  return {
    ...base,
    skipped: result.skipped !== undefined,
    ...(result.msg === undefined ? {} : { msg: result.msg }),
    ...(result.warnings ? { warnings: result.warnings } : {}),
    ...result.data,
    changes: changes.map(({ field, before, after }) => ({ field, before, after })),
  }
}

function described({ result, unsettled }: ModuleOutcome) {
  const { rc, stdout, stderr } = result.data ?? {}
  return {
    ...(result.msg === undefined ? {} : { msg: result.msg }),
    ...(result.skipped === undefined ? {} : { because: result.skipped }),
    ...(result.warnings ? { warnings: result.warnings } : {}),
    ...(result.data ? { data: result.data } : {}),
    ...(typeof rc === 'number' ? { rc } : {}),
    ...(typeof stdout === 'string' ? { stdout } : {}),
    ...(typeof stderr === 'string' ? { stderr } : {}),
    ...(unsettled.length > 0 ? { unsettled } : {}),
  }
}

function statusOf(verdict: {
  failed: boolean
  changed: boolean
  skipped: boolean
  mode: 'apply' | 'check'
}): Status {
  if (verdict.failed) return 'failed'
  if (verdict.skipped) return 'skipped'
  if (!verdict.changed) return 'ok'
  return verdict.mode === 'check' ? 'would_change' : 'changed'
}

function failureText(task: Task, registered: Readonly<Record<string, unknown>>): string {
  if (task.failedWhen) return `"failed_when" holds: ${task.failedWhen.map(({ text }) => text).join(' and ')}.`
  return `It failed with exit code ${String(registered['rc'] ?? 'unknown')}.`
}

const diffsOf = (changes: readonly Change[]) => changes.flatMap(({ diff }) => diff ?? [])

/** The scope in which a task's own result can be read under its register name. */
function withResult(task: Task, scope: Scope, registered: unknown): Scope {
  return scope.with(new Map(task.register === undefined ? [] : [[task.register, registered]]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Unknown)
}
