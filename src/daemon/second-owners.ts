import { basename } from 'node:path'
import type { Schedule } from '#model/schedule.ts'

/** A machine that two schedules back up, said at the second of them. */
export interface SecondOwner {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly remedy: string
}

/** No machine may be backed up by two schedules: they would prune each other's backups. */
export function secondOwners(schedules: readonly Schedule[]): readonly SecondOwner[] {
  return [...ownersOfOne(schedules), ...ownersOfAll(schedules)]
}

function ownersOfOne(schedules: readonly Schedule[]): readonly SecondOwner[] {
  const owner = new Map<string, string>()
  const found: SecondOwner[] = []
  for (const { name, vms } of schedules) {
    for (const [i, vm] of vms.entries()) {
      const first = owner.get(vm) ?? name
      owner.set(vm, first)
      if (first === name) continue
      found.push({
        path: ['schedules', name, 'vms', i],
        message: `Guest ${vm} has two owners: "${first}" and "${name}".`,
        remedy: `Take it out of "${first}" or of "${name}".`,
      })
    }
  }
  return found
}

/** The shipped playbook that backs up every machine of its hosts when it is given none by number. */
const playbook = 'backup-vms.yml'

function ownersOfAll(schedules: readonly Schedule[]): readonly SecondOwner[] {
  const backups = schedules.filter(
    ({ command, playbooks }) => command === 'run' && playbooks.some((path) => basename(path) === playbook),
  )
  return backups.flatMap((second, i) => {
    const first = backups.slice(0, i).find((one) => meet(one, second))
    return first ? [sayBoth(first, second)] : []
  })
}

function sayBoth(first: Schedule, second: Schedule): SecondOwner {
  const all = first.vms.length === 0 ? first : second
  const other = all === first ? second : first
  const shared = other.vms.length === 0 ? 'Every guest' : `Guest ${other.vms.join(', ')}`
  return {
    path: ['schedules', second.name, 'run'],
    message: `${shared} has two owners, "${first.name}" and "${second.name}": ${playbook} without \`vms\` backs up all, as "${all.name}" does.`,
    remedy: `Give "${all.name}" its own machines, as in \`vms: [101, 102]\`, or remove one of the two.`,
  }
}

/** One of them takes all machines, and they may run on the same hosts. */
function meet(one: Schedule, other: Schedule): boolean {
  const isSameInventory = one.inventories.join('\n') === other.inventories.join('\n')
  const isApart = one.limit !== undefined && other.limit !== undefined && one.limit !== other.limit
  return isSameInventory && !isApart && (one.vms.length === 0 || other.vms.length === 0)
}
