import { randomBytes } from 'node:crypto'
import type { Task } from '#model/program.ts'
import { callKey } from './ahead-calls.ts'
import { Foresight } from './foresight.ts'
import { groundOf } from './ground.ts'
import type { HostSession } from './host-session.ts'
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
 * Undefined when nothing is in doubt; it never rejects.
 */
export function runOnDoubt(task: Task, host: string, place: Place): Promise<void> | undefined {
  const { run } = place.state
  if (run.settings.readahead === 0 || run.host(host).ahead.length > 0) return undefined
  if (!isPlainCall(task) || !failsOnHost(task)) return undefined
  const session = sessionOf(task, host, place)
  if (!session || session.doubts.isEmpty) return undefined
  // It may say itself what is to be asked behind it.
  return begin(task, host, { place, session }).catch(() => undefined)
}

/** Undefined when something is wrong with what the task says: its own turn will tell. */
function sessionOf(task: Task, host: string, place: Place): HostSession | undefined {
  const { state } = place
  const { run } = state
  const locals = place.locals.get(host)
  try {
    const scope = scopeOf(host, { run, play: state, step: task, ...(locals ? { locals } : {}) })
    return groundOf({ run, state, task, host, scope }).session
  } catch {
    return undefined
  }
}

async function begin(
  task: Task,
  host: string,
  { place, session }: { readonly place: Place; readonly session: HostSession },
): Promise<void> {
  const { ahead } = place.state.run.host(host)
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
