import type { Step } from '#model/program.ts'
import type { CompileRequest } from './compile-request.ts'
import { mapSteps } from './walk-steps.ts'

type TagRequest = Pick<CompileRequest, 'tags' | 'skipTags'>

/** Leaves out the steps that `--tags` and `--skip-tags` do not want. Handlers are not asked: they were notified. */
export function filterTags(steps: readonly Step[], request: TagRequest): readonly Step[] {
  // A block's tags are also those of each step in it; a block that keeps none goes.
  return mapSteps(steps, (step) => (step.kind === 'block' || isWanted(step.tags, request) ? step : undefined))
}

/**
 * Ansible's rules: `always` runs unless it is skipped by name; `never` runs only when one of the step's tags is
 * asked for by name. `all`, `tagged` and `untagged` stand for sets of steps.
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html#special-tags
 */
export function isWanted(tags: readonly string[], { tags: only, skipTags: skip }: TagRequest): boolean {
  const own = new Set(tags.length === 0 ? ['untagged'] : tags)
  const wanted = only.length === 0 ? ['all'] : only
  return isAskedFor(own, wanted) && !isSkipped(own, skip)
}

const isTagged = (own: ReadonlySet<string>): boolean => !own.has('untagged')

function isAskedFor(own: ReadonlySet<string>, wanted: readonly string[]): boolean {
  if (own.has('always') || wanted.some((tag) => own.has(tag))) return true
  if (own.has('never')) return false
  return wanted.includes('all') || (wanted.includes('tagged') && isTagged(own))
}

function isSkipped(own: ReadonlySet<string>, skip: readonly string[]): boolean {
  if (skip.includes('all')) return !own.has('always') || skip.includes('always')
  return skip.some((tag) => own.has(tag)) || (skip.includes('tagged') && isTagged(own))
}
