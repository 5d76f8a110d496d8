import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabBackend } from './backend.ts'
import type { LabHost } from './lab-plan.ts'
import { type HostRuntime, identify, type LabState } from './lab-state.ts'

export interface Supervised {
  readonly backend: LabBackend
  readonly state: LabState
  readonly host: LabHost
}

/**
 * Boots a host whose file system is mounted, again after each reboot, until it is switched off.
 * `changed` is told of each start and of the end.
 */
export async function superviseHost(
  supervised: Supervised,
  changed: (runtime: HostRuntime) => Promise<void>,
): Promise<void> {
  const { backend, host } = supervised
  const log = await open(join(host.directory, 'console.log'), 'a')
  for (let starts = 1; ; starts++) {
    const { pid, exit } = await boot(supervised, log)
    const startedAt = Date.now()
    const process = pid === undefined ? undefined : await identify(pid)
    await changed({ startedAt, starts, ...(process && { process }) })
    const code = await exit
    if (backend.isReboot(code)) continue
    await changed({ startedAt, starts, ended: `its first process ended with ${code}` })
    return log.close()
  }
}

async function boot({ backend, state, host }: Supervised, log: FileHandle) {
  const { argv, env } = await backend.boot(state, host)
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: process.env['PATH'], ...env },
  })
  const exit = once(child, 'exit').then(([code, signal]: unknown[]) => endOf(code ?? signal))
  return { pid: child.pid, exit }
}

const endOf = (code: unknown): number | string => (typeof code === 'number' ? code : String(code))
