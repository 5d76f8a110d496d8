import { setTimeout as sleep } from 'node:timers/promises'
import { processState, sendSignal } from './processes.ts'

type Find = () => Promise<readonly number[]>

/** Stops processes, parents before their children, until none that `find` gives runs on. */
export async function freezeProcesses(find: Find, what: string): Promise<void> {
  const deadline = Date.now() + 10_000
  for (let pids = await running(find); pids.length > 0; pids = await running(find)) {
    if (Date.now() > deadline) throw new Error(`Processes of ${what} cannot be stopped: ${pids.join(' ')}`)
    for (const pid of pids) sendSignal(pid, 'SIGSTOP')
    await sleep(5)
  }
}

/**
 * Lets them go on, children before their parents: a parent that asks for stopped children (sudo, a shell) must not
 * learn that one was.
 */
export async function thawProcesses(find: Find): Promise<void> {
  for (const pid of [...(await find())].reverse()) sendSignal(pid, 'SIGCONT')
}

async function running(find: Find): Promise<number[]> {
  const states = (await find()).map(async (pid) => [pid, await processState(pid)] as const)
  return (await Promise.all(states)).filter(([, state]) => state === 'running').map(([pid]) => pid)
}
