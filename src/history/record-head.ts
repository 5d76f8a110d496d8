import { userInfo } from 'node:os'
import type { Due, ProcessMark, RunOrigin } from '#model/run-record.ts'
import { processMark } from './process-mark.ts'

/** The first line of a record. */
export interface RecordHead extends RunOrigin {
  readonly type: 'record'
  readonly format: 1
  readonly id: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly user: string
  readonly process: ProcessMark | undefined
}

export function recordHead(id: string, origin: RunOrigin, now: Date): RecordHead {
  return {
    type: 'record',
    format: 1,
    id,
    time: now.toISOString(),
    user: userName(),
    process: processMark(),
    ...origin,
  }
}

/** Undefined when the line is no head: the record is older, or damaged. */
export function readHead(line: string): RecordHead | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isHead(value) ? { ...value, ...dueOf(value) } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isHead(value: unknown): value is RecordHead {
  if (typeof value !== 'object' || value === null) return false
  const { type, id, time, playbooks }: { type?: unknown; id?: unknown; time?: unknown; playbooks?: unknown } =
    value
  return type === 'record' && typeof id === 'string' && typeof time === 'string' && Array.isArray(playbooks)
}

function dueOf({ due }: RecordHead): { due?: Due } {
  return due && typeof due.schedule === 'string' && typeof due.at === 'number' ? { due } : {}
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
