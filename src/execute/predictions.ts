import type { Resource } from '#model/change.ts'
import type { CallSite } from './module-call.ts'
import { touches } from './resources.ts'
import type { ModuleOutcome } from './run-module.ts'

/** Notes what a task would have touched, so that later tasks know what they cannot know. */
export function predict({ run, runsOn, taskName }: CallSite, { changes, touched }: ModuleOutcome): void {
  if (changes.length > 0) run.host(runsOn).predicted.push({ task: taskName, touched })
}

/**
 * The earlier task whose change, not made in check mode, decides what was just read. `exact`: only when it
 * would have changed that very thing; `any`: also what lies around it, for reads that failed or found nothing.
 */
export function dependsOn(
  { run, runsOn }: CallSite,
  reads: readonly Resource[],
  how: 'exact' | 'any',
): string | undefined {
  const relates = how === 'any' ? touches : isSame
  return run
    .host(runsOn)
    .predicted.findLast(({ touched }) =>
      touched.some((written) => reads.some((read) => relates(written, read))),
    )?.task
}

const isSame = (written: Resource, read: Resource): boolean =>
  written.kind !== 'everything' &&
  written.kind === read.kind &&
  written.name !== undefined &&
  written.name === read.name
