import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive } from './lab-state.ts'
import { firstChild, kill } from './processes.ts'

/**
 * Ends a host whose first process is the only child of the process `pid`. The kernel lets that first process end
 * only after all others of its process namespace have. See pid_namespaces(7).
 */
export async function endNamespace(pid: number): Promise<void> {
  const outer = await identify(pid)
  if (!outer) return
  kill((await firstChild(pid)) ?? pid)
  while (await isAlive(outer)) await sleep(10)
}
