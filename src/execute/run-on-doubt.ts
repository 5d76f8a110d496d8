import { randomBytes } from 'node:crypto'
import type { Task } from '#model/program.ts'
import { callKey } from './ahead-calls.ts'
import { Foresight } from './foresight.ts'
import { groundOf } from './ground.ts'
import { mayBeJoined } from './join-ahead.ts'
import { companyOf, failsOnHost, isPlainCall } from './may-run-ahead.ts'
import type { Place } from './play-state.ts'
import { readBehind } from './readahead.ts'
import { writesOnce } from './run-module.ts'
import { scopeOf } from './scopes.ts'
import { Stretch } from './stretch.ts'
import { planned } from './write-ahead.ts'

/**
 * Begins a task whose turn has come on answers that another host may have made stale meanwhile: the host makes the change
 * only if they still hold. Otherwise, and when there is nothing to change, the task runs as if nothing had been sent.
 */
export async function runOnDoubt(task: Task, host: string, place: Place): Promise<void> {
  const { state } = place
  const { run } = state
  const { ahead } = run.host(host)
  if (ahead.length > 0 || !isPlainCall(task) || !failsOnHost(task)) return
  const locals = place.locals.get(host)
  const scope = scopeOf(host, { run, play: state, step: task, ...(locals ? { locals } : {}) })
  const { session } = groundOf({ run, state, task, host, scope })
  if (session.doubts.isEmpty) return
  const doubtful = await session.doubts.take()
  const company = companyOf(host, place)
  if (company.forbids) return
  const foresight = new Foresight(session.store, session.store.knownAnswers(), doubtful)
  const stretch = new Stretch(undefined, randomBytes(6).toString('hex'), foresight)
  await session.whilePlanning(async () => {
    // Its turn has come: all hosts have.
    const foreseen = await planned({ key: callKey(task, undefined), task }, stretch, {
      host,
      place,
      company: { ...company, lockstep: false },
    })
    if (typeof foreseen === 'string' || foreseen.planned.changes.length === 0) return
    // What its neighbours need is not known before the host has been asked again: then they can be one change.
    if (mayBeJoined(foreseen.call.module, task, place)) return
    if (!foreseen.call.module.apply || !writesOnce(foreseen.call, foreseen.planned)) return
    if (!(await stretch.send(foreseen))) return
    ahead.push(...stretch.runs())
    readBehind(task, host, place, { count: ahead.length, settled: [] })
  })
}
