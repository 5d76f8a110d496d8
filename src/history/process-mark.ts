import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessMark } from '#model/run-record.ts'

/** The mark of a process of this machine, by default this one; undefined when there is none with this number. */
export function processMark(pid: number = process.pid): ProcessMark | undefined {
  if (!exists(pid)) return undefined
  const started = startTicks(pid)
  const boot = read('/proc/sys/kernel/random/boot_id')
  return { host: hostname(), pid, ...(started && { started }), ...(boot && { boot }) }
}

/**
 * Whether the marked process still runs. A process of another machine cannot be seen from here: it counts as alive,
 * since taking a run for ended that goes on is the worse mistake.
 */
export function isAlive(mark: ProcessMark): boolean {
  if (mark.host !== hostname()) return true
  const now = processMark(mark.pid)
  return now !== undefined && now.started === mark.started && now.boot === mark.boot
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Field 22 of proc_pid_stat(5); the name before it may hold spaces and parentheses. A zombie has ended. */
function startTicks(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields?.[0] === 'Z' ? 'ended' : fields?.[19]
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
