import type { RunEvent } from '#model/event.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'

const unknownKey = '$unknown'

/** One line of a record. Reading it back gives an event that looks the same in every report. */
export function eventJson(event: RunEvent): string {
  // Node's readline takes these two for ends of lines; JSON does not escape them.
  return JSON.stringify(event, recorded).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** Undefined for a line that is cut off or no event: a killed run may end in half a line. */
export function readEvent(line: string): RunEvent | undefined {
  try {
    const value: unknown = JSON.parse(line, revived)
    return isEvent(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** `this` holds the value as it was; the argument has already been through `toJSON`. */
function recorded(this: unknown, key: string, value: unknown): unknown {
  const raw: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value
  if (raw instanceof Unknown) return { [unknownKey]: raw.because }
  if (raw instanceof Secret) return '***'
  if (raw instanceof Map) return Object.fromEntries(raw)
  if (raw instanceof Set) return [...raw]
  if (typeof raw === 'bigint') return Number.isSafeInteger(Number(raw)) ? Number(raw) : String(raw)
  return value
}

function revived(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(unknownKey in value)) return value
  return new Unknown(String(value[unknownKey]))
}

const types: ReadonlySet<unknown> = new Set([
  'run_start',
  'play_start',
  'batch_start',
  'task_start',
  'host_start',
  'item',
  'task',
  'progress',
  'warning',
  'diagnostic',
  'recap',
])

const isEvent = (value: unknown): value is RunEvent =>
  typeof value === 'object' && value !== null && 'type' in value && types.has(value.type)
