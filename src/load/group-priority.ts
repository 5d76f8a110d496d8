import type { Diagnostic } from '#model/diagnostic.ts'
import type { Contribution, GroupDraft, VariableEntry } from './inventory-builder.ts'

const name = 'ansible_group_priority'

/** Takes `ansible_group_priority` out of what the sources say of a group: it orders groups and is no variable. */
export function takeGroupPriority(
  draft: GroupDraft,
  report: (diagnostic: Diagnostic) => void,
): { priority: number; draft: GroupDraft } {
  const said = draft.contributions.flatMap(({ entries }) => entries.filter((entry) => entry.name === name))
  if (said.length === 0) return { priority: 1, draft }
  let priority = 1
  for (const entry of said) priority = numberOf(entry) ?? complain(entry, report) ?? priority
  const contributions = draft.contributions.map(
    (each): Contribution => ({ ...each, entries: each.entries.filter((entry) => entry.name !== name) }),
  )
  return { priority, draft: { ...draft, contributions } }
}

function numberOf({ value }: VariableEntry): number | undefined {
  if (value.kind !== 'scalar') return undefined
  const number = typeof value.value === 'string' ? Number(value.value || Number.NaN) : value.value
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined
}

function complain(entry: VariableEntry, report: (diagnostic: Diagnostic) => void): undefined {
  report({
    code: 'wrong-type',
    severity: 'error',
    message: `"${name}" must be a whole number.`,
    remedy: 'Groups of one depth are merged in ascending order of it; 1 is the default.',
    range: entry.value.range,
  })
}
