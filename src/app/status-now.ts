import { type Stats, statSync } from 'node:fs'

/** What was seen in this turn of the event loop; what was not there may be made at any time, by a password that is asked for. */
const seen = new Map<string, Stats>()

/**
 * What stands at a path of this machine; undefined for nothing, and for what cannot be looked at. Every task that reads a file
 * asks, for each of many hosts in one go, and nobody writes files meanwhile: so the system is asked once in each turn of the
 * event loop. Not waited for, since its answer takes microseconds.
 */
export function statusNow(path: string): Stats | undefined {
  const known = seen.get(path)
  if (known) return known
  const status = statusOf(path)
  if (!status) return undefined
  if (seen.size === 0) setImmediate(() => seen.clear())
  seen.set(path, status)
  return status
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
