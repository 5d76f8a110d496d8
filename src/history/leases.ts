import type { DatabaseSync } from 'node:sqlite'
import type { ProcessMark } from '#model/run-record.ts'
import { isAlive } from './process-mark.ts'
import { readMark } from './slot-tables.ts'

/** Who holds a name. A process that ended holds nothing, whether or not it gave the name back. */
export function leaseHolder(database: DatabaseSync, name: string): ProcessMark | undefined {
  const row = database.prepare('SELECT process FROM lease WHERE name = ?').get(name)
  const mark = row && readMark(row['process'])
  return mark && isAlive(mark) ? mark : undefined
}

/** Gives a name to a process, whoever had it: ask `leaseHolder` first, in the same transaction. */
export function keepLease(database: DatabaseSync, name: string, process: ProcessMark): void {
  database.prepare('INSERT OR REPLACE INTO lease VALUES (?, ?)').run(name, JSON.stringify(process))
}

export function endLease(database: DatabaseSync, name: string): void {
  database.prepare('DELETE FROM lease WHERE name = ?').run(name)
}
