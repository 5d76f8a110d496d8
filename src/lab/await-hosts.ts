import { readFile } from 'node:fs/promises'
import { HostError } from '#model/host-error.ts'
import { consoleLog } from './kept-host.ts'
import { keeperLog } from './lab-log.ts'
import type { LabState, ProcessId } from './lab-state.ts'
import { untilReady } from './until-ready.ts'

export interface Waiting {
  readonly signal?: AbortSignal
  /** How long hosts may take to answer once they are started. */
  readonly readyWithinMs?: number
  /** Names of the hosts that matter; all when absent. */
  readonly hosts?: readonly string[]
}

/** Settles when the SSH servers of all hosts take logins; HostError `timeout`, with what they said, when one does not. */
export async function awaitHosts(
  state: LabState,
  keeper: ProcessId,
  { readyWithinMs = 60_000, signal, hosts }: Waiting,
): Promise<LabState> {
  const wanted = state.plan.hosts.filter(({ name }) => hosts?.includes(name) ?? true)
  const waiting = wanted.map((host) =>
    untilReady(state, host, {
      keeper,
      withinMs: readyWithinMs,
      ...(signal && { signal }),
    }),
  )
  const silent = (await Promise.all(waiting)).flatMap((ready, index) => (ready ? [] : [wanted[index]]))
  signal?.throwIfAborted()
  const host = silent[0]
  if (!host) return state
  const logs = await Promise.all([tail(consoleLog(host)), tail(keeperLog(state.plan.state))])
  const names = silent.map((one) => one?.name).join(', ')
  throw new HostError('timeout', `No SSH server answers on ${names}.`, { stderr: logs.join('\n').trim() })
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-20).join('\n')
}
