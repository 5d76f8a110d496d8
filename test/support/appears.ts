import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until a path exists; fails after 20 seconds. */
export async function appears(path: string): Promise<void> {
  for (let waited = 0; !existsSync(path); waited += 20) {
    if (waited > 20_000) throw new Error(`${path} did not appear.`)
    await sleep(20)
  }
}
