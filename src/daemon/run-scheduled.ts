import type { Outcome, OutputOptions, RunRequest, VaultId } from '#app/requests.ts'
import { runPlaybook } from '#app/run-playbook.ts'
import { type Ledger, newRunId, openLedger, thisProcess } from '#app/schedule-ledger.ts'
import type { Terminal } from '#base/terminal.ts'
import type { Due } from '#model/run-record.ts'
import type { Schedule } from '#model/schedule.ts'
import { UsageError } from '#model/usage-error.ts'
import { retryAt } from './retry.ts'

export interface ScheduledRun {
  readonly schedule: Schedule
  /** The time it is for; undefined when a person asks for a run now. */
  readonly at?: number
  readonly output: OutputOptions
  readonly vaultIds: readonly VaultId[]
}

/**
 * Runs a schedule for one of its times, in this process: claims the time, runs, and says how it ended. Whoever else
 * has claimed it keeps it. Throws UsageError when the schedule or one of its locks is held.
 */
export async function runScheduled(
  run: ScheduledRun,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const ledger = openLedger()
  try {
    return await claimAndRun(run, { ledger, terminal, signal })
  } finally {
    ledger.close()
  }
}

interface Running {
  readonly ledger: Ledger
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

async function claimAndRun(run: ScheduledRun, running: Running): Promise<Outcome> {
  const { schedule } = run
  const { ledger, terminal } = running
  const at = run.at ?? ledger.addManual(schedule.name, Date.now())
  const due: Due = { schedule: schedule.name, at }
  const id = newRunId()
  const claim = ledger.claim(due, { run: id, process: thisProcess(), locks: schedule.locks }, Date.now())
  if (claim.kind === 'claimed') return await runClaimed(run, { id, due, attempt: claim.attempt }, running)
  if (claim.kind === 'busy' && run.at === undefined) {
    ledger.skip(due, `held by ${claim.by}`, Date.now())
    throw new UsageError(`${schedule.name} cannot start: ${claim.by} goes on.`, {
      remedy: 'Try again when that has ended.',
    })
  }
  // The daemon that started this process will see it in the ledger too.
  const why = claim.kind === 'busy' ? `waits for ${claim.by}` : 'has been taken care of'
  terminal.notice(`${schedule.name}, due ${new Date(at).toISOString()}, ${why}.`)
  return { exitReason: 'done' }
}

interface Claimed {
  readonly id: string
  readonly due: Due
  readonly attempt: number
}

async function runClaimed(
  run: ScheduledRun,
  { id, due, attempt }: Claimed,
  { ledger, terminal, signal }: Running,
): Promise<Outcome> {
  const { schedule } = run
  const deadline = AbortSignal.timeout(Math.min(schedule.deadline ?? longestTimer, longestTimer))
  const finish = (how: string): void => {
    const now = Date.now()
    const again = retryAt(schedule, attempt, { outcome: how, now })
    ledger.finish({ ...due, attempt }, { outcome: how, now, ...(again !== undefined && { retryAt: again }) })
  }
  try {
    const limited = AbortSignal.any([signal, deadline])
    const outcome = await runPlaybook(requestOf(run, { id, due }), terminal, limited)
    if (signal.aborted) finish(endedBy(signal))
    else finish(deadline.aborted && outcome.exitReason === 'interrupted' ? 'deadline' : outcome.exitReason)
    return outcome
  } catch (error) {
    finish('bug')
    throw error
  }
}

/** Node's timers go no further than this: about 24 days. */
const longestTimer = 2 ** 31 - 1

/** The daemon ends a run with SIGHUP when a later one replaces it. */
const endedBy = ({ reason }: AbortSignal): string =>
  reason instanceof Error && reason.message.includes('SIGHUP') ? 'replaced' : 'interrupted'

function requestOf(
  { schedule, output, vaultIds }: ScheduledRun,
  recorded: { readonly id: string; readonly due: Due },
): RunRequest {
  const isPlan = schedule.command === 'plan'
  return {
    command: schedule.command,
    playbooks: schedule.playbooks,
    hosts: {
      inventories: schedule.inventories,
      unknownHosts: 'error',
      ...(schedule.limit !== undefined && { limit: schedule.limit }),
    },
    variables: { extraVars: schedule.extraVars, vaultIds },
    connection: { become: false, forks: 50 },
    output: { ...output, diff: output.diff || isPlan },
    mode: isPlan ? 'check' : 'apply',
    tags: schedule.tags,
    skipTags: [],
    step: false,
    forceHandlers: false,
    pending: 'ask',
    pendingExitCode: isPlan,
    recorded,
  }
}
