import type { Terminal } from '#base/terminal.ts'
import { mergePending, type PendingHandlers, readPending, writePending } from '#history/pending-file.ts'
import type { Recap } from '#model/event.ts'
import type { RunRequest } from './requests.ts'
import { stateFolder } from './state-folder.ts'

/** What an earlier run left, and whether this run takes it up. */
export interface PendingChoice {
  readonly known: PendingHandlers
  readonly run: boolean
  readonly drop: boolean
}

/**
 * Handlers that an earlier run of these playbooks notified and did not run. Without a terminal nobody can be
 * asked: they are named and kept.
 */
export async function pendingFor(
  request: RunRequest,
  playbooks: readonly string[],
  terminal: Terminal,
): Promise<PendingChoice> {
  const known = await readPending(stateFolder(), playbooks)
  const names = Object.entries(known).map(([host, handlers]) => `${host}: ${handlers.join(', ')}`)
  if (names.length === 0) return { known, run: false, drop: false }
  if (request.pending !== 'ask')
    return { known, run: request.pending === 'run', drop: request.pending === 'drop' }
  const what = `An earlier run left handlers that were notified and did not run (${names.join('; ')}).`
  if (!terminal.canAsk || request.mode === 'check') {
    terminal.notice(`warning: ${what} They are kept; --pending run or --pending drop settles them.`)
    return { known, run: false, drop: false }
  }
  const answer = (
    await terminal.ask(`${what} Run them now, drop them, or keep them? [r/d/K] `)
  )?.toLowerCase()
  return { known, run: answer === 'r', drop: answer === 'd' }
}

/** Records what is pending after a run. */
export async function rememberPending(
  playbooks: readonly string[],
  { known, run, drop }: PendingChoice,
  recap: Recap,
): Promise<void> {
  const before = drop ? {} : known
  const settled = run ? Object.keys(recap.hosts) : []
  const kept = mergePending(before, recap.pendingHandlers, settled)
  await writePending(stateFolder(), playbooks, united(before, kept, run))
}

/** Without taking them up, what was pending stays pending beside what this run left. */
function united(before: PendingHandlers, after: PendingHandlers, taken: boolean): PendingHandlers {
  if (taken) return after
  const hosts = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    hosts.map((host) => [host, [...new Set([...(before[host] ?? []), ...(after[host] ?? [])])]]),
  )
}
