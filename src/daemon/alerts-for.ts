import type { AlertKind, Schedule } from '#model/schedule.ts'
import type { Slot } from '#model/slot.ts'

interface Message {
  readonly kind: AlertKind
  readonly text: string
}

const good: ReadonlySet<string> = new Set(['done', 'pending'])

/**
 * What people have to be told of a slot that is over.
 *
 * @param before the slot of the same schedule that ended before it
 */
export function alertsFor(slot: Slot, before: Slot | undefined): readonly Message[] {
  if (slot.state === 'skipped') return missed(slot)
  return isGood(slot) ? wellEnded(slot, before) : failed(slot)
}

const isGood = ({ outcome }: Slot): boolean => good.has(outcome ?? 'killed')
const dueText = ({ at }: Slot): string => new Date(at).toISOString()
/** How it ended without a run that the history could show. */
const beforeARun = /^(project|usage|noHosts|exit code .*)$/

/** Where the cause stands; whoever ran it by hand has seen it. */
function seeText({ run, outcome, manual, schedule }: Slot): string {
  if (beforeARun.test(outcome ?? ''))
    return manual ? '' : ` Its output is in scheduled/${schedule}.log of the state folder.`
  return run === undefined ? '' : ` See \`tsplay history show ${run}\`.`
}

/** Pausing is somebody's wish. */
function missed(slot: Slot): readonly Message[] {
  if (slot.reason === 'paused') return []
  return [{ kind: 'missed', text: `${slot.schedule}, due ${dueText(slot)}, was not run: ${slot.reason}.` }]
}

function failed(slot: Slot): readonly Message[] {
  const outcome = slot.outcome ?? 'killed'
  if (outcome === 'replaced') return []
  const tries = slot.attempt > 1 ? ` after ${slot.attempt} attempts` : ''
  const text = `${slot.schedule}, due ${dueText(slot)}, failed${tries}: ${wordFor(outcome)}.${seeText(slot)}`
  return [{ kind: 'failure', text }]
}

function wellEnded(slot: Slot, before: Slot | undefined): readonly Message[] {
  const messages: Message[] = []
  if (before?.state === 'ended' && !isGood(before)) {
    messages.push({ kind: 'recovery', text: `${slot.schedule} ended well again.` })
  }
  if (slot.outcome === 'pending') {
    messages.push({ kind: 'drift', text: `${slot.schedule} found hosts that have drifted.${seeText(slot)}` })
  }
  return messages
}

const words: Readonly<Record<string, string>> = {
  failed: 'a host failed',
  unreachable: 'a host was unreachable',
  project: 'the project has errors',
  usage: 'its command line is wrong',
  noHosts: 'no host matched',
  bug: 'a bug in tsplay',
  interrupted: 'it was interrupted',
  killed: 'its process was killed',
  deadline: 'it took longer than its deadline',
}

const wordFor = (outcome: string): string => words[outcome] ?? outcome

/** When a schedule has gone without success for too long: since when that counts, and what to say. */
export function staleAlert(
  schedule: Schedule,
  lastSuccess: number | undefined,
  since: number,
  now: number,
): { readonly key: string; readonly text: string } | undefined {
  const from = lastSuccess ?? since
  if (schedule.staleAfter === undefined || now - from < schedule.staleAfter) return undefined
  const when =
    lastSuccess === undefined
      ? 'has never ended well'
      : `last ended well ${new Date(lastSuccess).toISOString()}`
  return { key: String(from), text: `${schedule.name} ${when}.` }
}
