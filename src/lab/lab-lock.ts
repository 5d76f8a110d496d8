import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { identify, isAlive, type ProcessId } from './lab-state.ts'

/** Does something to a lab while no other process does. A lock whose owner has ended does not count. */
export async function withLabLock<Result>(state: string, work: () => Promise<Result>): Promise<Result> {
  // Beside the lab's folder, which `down` removes.
  const file = `${state}.lock`
  await mkdir(join(state, '..'), { recursive: true })
  await takeLock(file)
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function takeLock(file: string): Promise<void> {
  const own = await identify(process.pid)
  const write = () => writeFile(file, JSON.stringify(own), { flag: 'wx' })
  await write().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    const owner: unknown = await readFile(file, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined)
    if (isProcessId(owner) && (await isAlive(owner))) {
      throw new HostError('refused', `Another tsplay (process ${owner.pid}) is at work on this lab.`, {
        remedy: 'Wait until it has ended.',
      })
    }
    await rm(file, { force: true })
    await write()
  })
}

function isProcessId(value: unknown): value is ProcessId {
  return typeof value === 'object' && value !== null && 'pid' in value && 'startTicks' in value
}
