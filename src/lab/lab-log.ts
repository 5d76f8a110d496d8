import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { consoleLog } from './kept-host.ts'
import type { LabPlan } from './lab-plan.ts'
import { readState } from './lab-state.ts'

/** What a lab's keeper had to say. */
export const keeperLog = (folder: string): string => join(folder, 'keeper.log')

/** What a host has said on its console since the lab was brought up, or the lab's keeper; empty before either did. */
export async function labLog(plan: LabPlan, name: string | undefined): Promise<string> {
  const host = (await readState(plan.state))?.plan.hosts.find((one) => one.name === name)
  const file = host ? consoleLog(host) : keeperLog(plan.state)
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
