import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { backedUpMachines } from '#app/backed-up-machines.ts'
import type { VaultId } from '#app/requests.ts'
import type { Schedule } from '#model/schedule.ts'
import { type Backups, type SecondOwner, secondOwners } from './second-owners.ts'

/**
 * Machines that two schedules would back up, by what their playbooks come to with the inventory, limit, tags and
 * variables of each. Compiling takes a part of a second, so it is done only where two playbooks may back up anything.
 */
export async function checkBackups(
  schedules: readonly Schedule[],
  vaultIds: readonly VaultId[],
): Promise<readonly SecondOwner[]> {
  const candidates = schedules.filter(
    ({ command, playbooks }) => command === 'run' && playbooks.some((path) => mayBackUp(path, new Set())),
  )
  if (candidates.length < 2) return []
  const all: Backups[] = []
  for (const schedule of candidates) {
    all.push({ schedule, hosts: await backedUpMachines(requestFor(schedule, vaultIds)) })
  }
  return secondOwners(all)
}

/** A first look at the text: whether a playbook, or one that it imports, speaks of the role. */
function mayBackUp(path: string, seen: Set<string>): boolean {
  const file = resolve(path)
  if (seen.has(file)) return false
  seen.add(file)
  const text = textOf(file)
  if (/(?<![\w-])backups(?![\w-])/.test(text)) return true
  const imports = text.matchAll(/import_playbook["']?\s*:\s*["']?([^\s"',}#]+)/g)
  return [...imports].some(([, name = '']) => mayBackUp(resolve(dirname(file), name), seen))
}

/** Nothing of a file that cannot be read: whoever runs it will hear why. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function requestFor(
  schedule: Schedule,
  vaultIds: readonly VaultId[],
): Parameters<typeof backedUpMachines>[0] {
  const { playbooks, inventories, limit, tags, extraVars } = schedule
  return {
    playbooks,
    hosts: { inventories, unknownHosts: 'error', ...(limit !== undefined && { limit }) },
    variables: { extraVars, vaultIds },
    tags,
  }
}
