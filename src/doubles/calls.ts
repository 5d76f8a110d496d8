import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One call of a double, as the host remembers it. */
export interface CallRecord {
  /** When it began: ISO 8601, UTC. */
  readonly time: string
  readonly argv: readonly string[]
  /** Of the process that called. */
  readonly uid: number
  /** SHA-256 in hex of what it read; absent for one that reads nothing. */
  readonly stdin?: string
  readonly exit: number
}

const callsFile = (folder: string): string => join(folder, 'calls.jsonl')

/** Appends one line by one write, which concurrent calls do not mix. See write(2) on O_APPEND. */
export async function recordCall(folder: string, call: CallRecord): Promise<void> {
  await mkdir(folder, { recursive: true })
  await appendFile(callsFile(folder), `${JSON.stringify(call)}\n`, { mode: 0o600 })
}

/** All lines, as they stand; empty when nothing was called. */
export const readCalls = (folder: string): Promise<string> =>
  readFile(callsFile(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
