import type { Step } from '#model/program.ts'

/** How a step is called in lists: its name as written, or what it does. Blocks without a name have none. */
export function nameOf(step: Step): string | undefined {
  if (step.name) return step.name.text
  if (step.kind === 'task') return step.module
  if (step.kind === 'include') return `include_${step.what}`
  return step.kind === 'meta' ? `meta ${step.action}` : undefined
}
