import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Calls a program that changes this machine's users; their files are locked while somebody else changes them. */
export async function changeUsers(command: 'useradd' | 'userdel', args: readonly string[]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run(command, [...args])
      return
    } catch (error) {
      if (tries >= 50 || !String(error).includes('lock')) throw error
      await sleep(200)
    }
  }
}
