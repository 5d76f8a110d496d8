import type { Redactor } from '#base/redactor.ts'
import type { Change } from '#model/change.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { ItemEnd, Outcome, RunEvent, TaskEnd } from '#model/event.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'

/** What stands for everything a `no_log` task said. */
const hidden = '*** (no_log)'

/** Fields that hold texts of users and hosts. All others are names, numbers and words of our own. */
const texts: ReadonlySet<string> = new Set([
  'play',
  'task',
  'role',
  'msg',
  'stdout',
  'stderr',
  'because',
  'unsettled',
  'warnings',
  'remedy',
  'diffs',
  'label',
  'text',
  'message',
  'pendingHandlers',
  'slowestTasks',
  'failures',
])

/** Fields that hold values of any type. A PIN may be a number there, since one expression keeps its type. */
const values: ReadonlySet<string> = new Set(['changes', 'data', 'results', 'item'])

/** An event as it may be shown and stored: no secret in any text, and nothing of what a `no_log` task said. */
export function maskEvent(event: RunEvent, redactor: Redactor): RunEvent {
  const silent = isOutcome(event) && event.noLog === true ? withoutLog(event) : event
  return redactor.idle ? silent : maskFields(silent, redactor)
}

const isOutcome = (event: RunEvent): event is TaskEnd | ItemEnd =>
  event.type === 'task' || event.type === 'item'

function withoutLog(event: TaskEnd | ItemEnd): RunEvent {
  const { stdout: _stdout, stderr: _stderr, data: _data, warnings: _warnings, ...rest } = event
  const quiet = { ...rest, changes: event.changes.map(withoutValues), diffs: [], ...hiddenMsg(event) }
  if (quiet.type === 'item') return { ...quiet, item: '***', label: '***' }
  const { results: _results, ...summary } = quiet
  return summary
}

const withoutValues = ({ field }: Change): Change => ({ field, before: '***', after: '***' })

const hiddenMsg = ({ msg }: Outcome): { msg?: string } => (msg === undefined ? {} : { msg: hidden })

/** Rebuilds an event with its texts redacted; the shape stays. */
function maskFields(event: RunEvent, redactor: Redactor): RunEvent {
  if (event.type === 'diagnostic') {
    return { ...event, diagnostic: maskDiagnostic(event.diagnostic, redactor) }
  }
  const masked = { ...event }
  for (const [key, value] of Object.entries(event)) {
    if (texts.has(key)) Reflect.set(masked, key, maskDeep(value, redactor, false))
    else if (values.has(key)) Reflect.set(masked, key, maskDeep(value, redactor, true))
  }
  return masked
}

function maskDiagnostic(diagnostic: Diagnostic, redactor: Redactor): Diagnostic {
  const { message, remedy, related } = diagnostic
  return {
    ...diagnostic,
    message: redactor.redact(message),
    ...(remedy === undefined ? {} : { remedy: redactor.redact(remedy) }),
    ...(related === undefined
      ? {}
      : { related: related.map((place) => ({ ...place, message: redactor.redact(place.message) })) }),
  }
}

function maskDeep(value: unknown, redactor: Redactor, numbers: boolean): unknown {
  if (typeof value === 'string') return redactor.redact(value)
  if (typeof value === 'number' || typeof value === 'bigint') {
    return numbers && redactor.redact(String(value)) === '***' ? '***' : value
  }
  if (typeof value !== 'object' || value === null || value instanceof Unknown) return value
  if (value instanceof Secret) return '***'
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, redactor, numbers))
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, inner]) => [redactor.redact(String(key)), maskDeep(inner, redactor, numbers)]),
  )
}
