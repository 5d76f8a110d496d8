import type { Slot } from '#model/slot.ts'
import { readMark } from './slot-tables.ts'

/** A row of the table `slot`. */
export function slotOf(row: Readonly<Record<string, unknown>>): Slot {
  const number = (name: string) => (row[name] === null ? undefined : Number(row[name]))
  const text = (name: string) => (row[name] === null ? undefined : String(row[name]))
  const optional = {
    notBefore: number('not_before'),
    run: text('run'),
    process: readMark(row['process']),
    startedAt: number('started'),
    endedAt: number('ended'),
    outcome: text('outcome'),
    reason: text('reason'),
  }
  return {
    schedule: String(row['schedule']),
    at: Number(row['at']),
    state: stateOf(row['state']),
    attempt: Number(row['attempt']),
    manual: row['manual'] === 1,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

const states = ['due', 'started', 'ended', 'skipped'] as const
const stateOf = (value: unknown): Slot['state'] => states.find((state) => state === value) ?? 'ended'
