import { readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** Whether a process runs; one that nobody has waited for yet has ended. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z')
  } catch {
    return false
  }
}

/**
 * The processes of a service, without cgroups: those that carry its invocation in their environment, its main
 * process, and all that descend from them.
 */
export function processesOf(invocation: string, mainPid: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const parents = new Map(all.map((pid) => [pid, parentOf(pid)]))
  const own = new Set(
    all.filter((pid) => pid === mainPid || environmentOf(pid).includes(`INVOCATION_ID=${invocation}`)),
  )
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0
    return parent > 1 && (own.has(parent) || isBelow(parent))
  }
  return all.filter((pid) => (own.has(pid) || isBelow(pid)) && pid !== process.pid && isRunning(pid))
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])
  } catch {
    return 0
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** The number of a signal by its name, with `SIG` or without, or by itself; undefined for what is none. */
export function signalNamed(text: string): number | undefined {
  const known: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals))
  return (
    known.get(text) ??
    known.get(`SIG${text}`) ??
    [...known.values()].find((number) => String(number) === text)
  )
}

export function signal(pids: readonly number[], number: number): void {
  // 0 would be the caller's own group.
  for (const pid of pids.filter((one) => one > 0)) {
    try {
      process.kill(pid, number)
    } catch {
      // It has ended meanwhile.
    }
  }
}
