import type { Outcome, Status } from '#model/event.ts'
import type { AimedEffects } from './effects.ts'

/** What a task, or one item of its loop, came to on one host. */
export interface TaskResult {
  readonly outcome: Outcome
  /** What `register` stores. */
  readonly registered: unknown
  readonly effects: readonly AimedEffects[]
}

export const isFailure = (status: Status): boolean => status === 'failed' || status === 'unreachable'

/** A result without changes: skipped, failed before anything ran, and the like. */
export function plainResult(
  status: Status,
  details: Partial<Outcome> & { readonly registered?: Readonly<Record<string, unknown>> },
): TaskResult {
  const { registered, ...outcome } = details
  return {
    outcome: { status, changed: false, changes: [], diffs: [], durationMs: 0, ...outcome },
    registered: {
      changed: false,
      failed: status === 'failed',
      skipped: status === 'skipped',
      ...(status === 'unreachable' ? { unreachable: true } : {}),
      ...(outcome.msg === undefined ? {} : { msg: outcome.msg }),
      ...(status === 'skipped' ? { skip_reason: outcome.because ?? '' } : {}),
      ...registered,
    },
    effects: [],
  }
}
