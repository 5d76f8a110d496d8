import type { Change } from '#model/change.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { ItemEnd, Outcome, Recap, RunEvent, TaskEnd, TaskStart } from '#model/event.ts'
import { unifiedDiff } from './diff.ts'

/** A flat object with snake_case names. Fields that are `undefined` are left out when it is written. */
export type JsonEvent = Readonly<Record<string, unknown>> & { readonly type: RunEvent['type'] }

/** An event as `--output json` writes it; undefined for those that only live displays need. */
export function jsonEvent(event: RunEvent, withDiff: boolean): JsonEvent | undefined {
  switch (event.type) {
    case 'task':
      return taskEvent(event, withDiff)
    case 'item':
      return itemEvent(event, withDiff)
    case 'recap':
      return recapEvent(event)
    case 'diagnostic':
      return diagnosticEvent(event.diagnostic)
    case 'task_start':
      return { type: event.type, ...identity(event), hosts: event.hosts, handler: event.handler }
    case 'progress':
      return { type: event.type, host: event.host, ...identity(event), text: event.text }
    case 'host_start':
      return undefined
    default:
      return { ...event }
  }
}

function identity(task: Pick<TaskStart, 'play' | 'task' | 'taskId' | 'role' | 'module' | 'source'>) {
  const { play, task: name, taskId, role, module, source } = task
  return { play, task: name, task_id: taskId, role, module, source }
}

function taskEvent(event: TaskEnd, withDiff: boolean): JsonEvent {
  const { host, handler, delegatedTo, results } = event
  return {
    type: 'task',
    host,
    ...identity(event),
    handler,
    delegated_to: delegatedTo,
    ...outcome(event, withDiff),
    results,
  }
}

function itemEvent(event: ItemEnd, withDiff: boolean): JsonEvent {
  const { host, item, label } = event
  return { type: 'item', host, ...identity(event), item: item ?? null, label, ...outcome(event, withDiff) }
}

function outcome(event: Outcome, withDiff: boolean) {
  const { status, changed, changes, msg, rc, stdout, stderr, durationMs, attempts } = event
  const { ignored, rescued, because, unsettled, warnings, noLog, remedy, data } = event
  const diff = withDiff ? event.diffs.map(unifiedDiff).join('') : undefined
  return {
    status,
    changed,
    changes: changes.map(change),
    diff,
    msg,
    rc,
    stdout,
    stderr,
    duration_ms: Math.round(durationMs),
    attempts,
    ignored,
    rescued,
    because,
    unsettled,
    warnings,
    no_log: noLog,
    remedy,
    data,
  }
}

const change = ({ field, before, after }: Change) => ({ field, before: before ?? null, after: after ?? null })

function recapEvent(recap: Recap): JsonEvent {
  return {
    type: 'recap',
    hosts: recap.hosts,
    unknown: recap.unknown,
    exit_code: recap.exitCode,
    duration_ms: Math.round(recap.durationMs),
    flights: recap.flights,
    flights_by_host: recap.flightsByHost,
    pending_handlers: recap.pendingHandlers,
    slowest_tasks: recap.slowestTasks.map(({ task, durationMs }) => ({
      task,
      duration_ms: Math.round(durationMs),
    })),
    failures: recap.failures,
    interrupted: recap.interrupted,
  }
}

function diagnosticEvent({ code, severity, message, remedy, range, related }: Diagnostic): JsonEvent {
  return {
    type: 'diagnostic',
    code,
    severity,
    file: range?.file ?? null,
    line: range?.start.line ?? null,
    column: range?.start.column ?? null,
    message,
    remedy,
    related: related?.map((place) => ({
      message: place.message,
      file: place.range.file,
      line: place.range.start.line,
      column: place.range.start.column,
    })),
  }
}
