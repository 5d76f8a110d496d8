import { randomBytes } from 'node:crypto'

/** Names a run so that names sort by time: `2026-11-24T17-05-09-3f2a`. */
export function runId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${randomBytes(2).toString('hex')}`
}
