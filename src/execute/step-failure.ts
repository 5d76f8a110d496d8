import type { Step } from '#model/program.ts'
import { errorResult } from './error-result.ts'
import type { Place } from './play-state.ts'
import { emitFailure } from './task-events.ts'
import { noteUnknownVariables, unlessUnknown } from './unknown-variables.ts'

/** Fails a host at a step that is not a task: an include that cannot be opened, a loop that is no list. */
export function failStep(
  { step, name, host, place }: { step: Step; name: string; host: string; place: Place },
  error: unknown,
): void {
  const state = place.state.run.host(host)
  const result = errorResult(unlessUnknown(error, state))
  const { status } = result.outcome
  if (status === 'unreachable' || status === 'failed') state.condition = status
  state.lastFailure = { task: { name: step.name?.text ?? name, action: name }, result: result.registered }
  noteUnknownVariables(step, result, state)
  emitFailure({ step, name, host, place, result })
}
