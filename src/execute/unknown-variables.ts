import { UndefinedName, UnknownValue } from '#model/evaluation-error.ts'
import type { Step } from '#model/program.ts'
import { Unknown } from '#model/unknown.ts'
import type { HostState } from './host-state.ts'
import type { TaskResult } from './task-result.ts'

/**
 * In check mode a step that would have set variables may not have been carried out. Those it names are unknown from
 * now on, whatever they were before; where the names are not known either, any that is missing may be one of them.
 */
export function noteUnknownVariables(step: Step, { outcome }: TaskResult, host: HostState): void {
  if (outcome.status !== 'unknown' || outcome.because === undefined) return
  if (step.kind === 'include' || (step.kind === 'task' && step.module === 'include_vars')) {
    host.mayDefine = outcome.because
  }
  if (step.kind !== 'task' || step.module !== 'set_fact') return
  const names = step.args.keys?.filter((name) => !name.includes('{{'))
  if (names?.length !== step.args.keys?.length || !names) host.mayDefine = outcome.because
  for (const name of names ?? []) host.setFacts.set(name, new Unknown(outcome.because))
}

/** A name that is missing may be one of those: then its value is not known, rather than wrong. */
export function unlessUnknown(error: unknown, { mayDefine }: HostState): unknown {
  return mayDefine !== undefined && error instanceof UndefinedName ? new UnknownValue(mayDefine) : error
}
