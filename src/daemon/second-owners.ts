import type { BackedUp } from '#app/backed-up-machines.ts'
import type { Schedule } from '#model/schedule.ts'

/** A machine that two schedules back up, said at the second of them. */
export interface SecondOwner {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly remedy: string
  /** Where the first of them stands. */
  readonly first: readonly (string | number)[]
}

/** What a schedule would back up on each host, as far as it is known before it runs. */
export interface Backups {
  readonly schedule: Schedule
  readonly hosts: readonly BackedUp[]
}

/** No machine may be named by two schedules: they would prune each other's backups. */
export function secondNames(schedules: readonly Schedule[]): readonly SecondOwner[] {
  const owner = new Map<string, { readonly name: string; readonly i: number }>()
  const found: SecondOwner[] = []
  for (const { name, vms } of schedules) {
    for (const [i, vm] of vms.entries()) {
      const first = owner.get(vm) ?? { name, i }
      owner.set(vm, first)
      if (first.name === name) continue
      found.push({
        path: ['schedules', name, 'vms', i],
        first: ['schedules', first.name, 'vms', first.i],
        message: `Guest ${vm} has two owners: "${first.name}" and "${name}".`,
        remedy: `Take it out of "${first.name}" or of "${name}".`,
      })
    }
  }
  return found
}

/** The same by what their playbooks come to: each pair of schedules once, at the second of them. */
export function secondOwners(all: readonly Backups[]): readonly SecondOwner[] {
  return all.flatMap((second, i) => {
    for (const first of all.slice(0, i)) {
      // Said already, at the number.
      if (first.schedule.vms.some((vm) => second.schedule.vms.includes(vm))) continue
      const shared = sharedBy(first, second)
      if (shared) return [sayBoth(first.schedule, second.schedule, shared)]
    }
    return []
  })
}

interface Shared {
  readonly host: string
  /** Undefined for all but some. */
  readonly machines: readonly string[] | undefined
  /** The schedule that takes all machines of the host, if one does. */
  readonly all: string | undefined
}

function sharedBy(first: Backups, second: Backups): Shared | undefined {
  // Hosts of two inventories may have one name and be two.
  if (first.schedule.inventories.join('\n') !== second.schedule.inventories.join('\n')) return undefined
  const pairs = first.hosts.flatMap((one) =>
    second.hosts
      .filter(({ host }) => host === one.host)
      .map((other) => ({ one, other, machines: bothOf(one, other) })),
  )
  const shared = pairs.find(({ machines }) => machines?.length !== 0)
  if (!shared) return undefined
  const { one, other, machines } = shared
  const all = [one.machines ? undefined : first, other.machines ? undefined : second].find(Boolean)
  return { host: one.host, machines, all: all?.schedule.name }
}

/** Undefined: all that neither leaves out. */
function bothOf(one: BackedUp, other: BackedUp): readonly string[] | undefined {
  const named = one.machines ?? other.machines
  if (!named) return undefined
  const takes = ({ machines, leftOut }: BackedUp, id: string): boolean =>
    machines ? machines.includes(id) : !leftOut.includes(id)
  return named.filter((id) => takes(one, id) && takes(other, id))
}

function sayBoth(first: Schedule, second: Schedule, { host, machines, all }: Shared): SecondOwner {
  const who = machines ? `Guest ${machines.join(', ')} of ${host}` : `Every guest of ${host}`
  const why = all === undefined ? '' : `: "${all}" backs up all that the host has`
  const remedy =
    all === undefined
      ? `Take it out of "${first.name}" or of "${second.name}".`
      : `Give "${all}" its own machines, as in \`vms: [101, 102]\`, leave these out by \`extra_vars: { backups_vms_left_out: [101] }\`, or remove one of the two.`
  return {
    path: ['schedules', second.name, 'run'],
    first: ['schedules', first.name, 'run'],
    message: `${who} has two owners, "${first.name}" and "${second.name}"${why}.`,
    remedy,
  }
}
