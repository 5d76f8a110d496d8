import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostGiven } from './backend.ts'
import type { HostFile } from './host-files.ts'
import type { LabAccess } from './lab-access.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'
import { writeJson } from './lab-state.ts'

interface Given {
  readonly access: LabAccess
  /** By host. */
  readonly files: Readonly<Record<string, readonly HostFile[]>>
}

const fileOf = (plan: LabPlan): string => join(plan.state, 'given.json')

/** Hands to the keeper what its hosts are built from. Only the lab's owner can read it. */
export const writeGiven = (plan: LabPlan, given: Given): Promise<void> =>
  writeJson(fileOf(plan), given, 0o600)

/** What each host is given, now and whenever it is built again. */
export async function readGiven(plan: LabPlan): Promise<(host: LabHost) => HostGiven> {
  const given: unknown = JSON.parse(await readFile(fileOf(plan), 'utf8'))
  if (!isGiven(given)) throw new Error(`${fileOf(plan)} is not what lab up wrote.`)
  return ({ name }) => ({ access: given.access, files: given.files[name] ?? [] })
}

function isGiven(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && 'access' in value && 'files' in value
}
