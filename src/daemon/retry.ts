import type { Schedule } from '#model/schedule.ts'

/** Outcomes that another try would not change, or that were wanted. */
const final: ReadonlySet<string> = new Set(['done', 'pending', 'project', 'usage', 'noHosts', 'replaced'])

/** When a slot is to be tried again after an attempt; undefined when it is over. */
export function retryAt(
  schedule: Pick<Schedule, 'retries' | 'retryDelay'> | undefined,
  attempt: number,
  { outcome, now }: { readonly outcome: string; readonly now: number },
): number | undefined {
  if (!schedule || final.has(outcome) || attempt > schedule.retries) return undefined
  return now + schedule.retryDelay
}
