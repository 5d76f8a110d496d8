import { EventFile } from '#history/event-file.ts'
import type { HostRecap, Recap, RunEvent, TaskEnd } from '#model/event.ts'
import type { RunOrigin, RunSummary } from '#model/run-record.ts'

export const origin: RunOrigin = { command: 'run', mode: 'apply', playbooks: ['site.yml'] }

const counts: HostRecap = {
  ok: 1,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
}

export function recapOf(hosts: readonly string[], exitCode = 0): Recap {
  return {
    type: 'recap',
    hosts: Object.fromEntries(hosts.map((name) => [name, { ...counts, failed: exitCode === 0 ? 0 : 1 }])),
    exitCode,
    durationMs: 10,
    flights: 1,
    flightsByHost: {},
    pendingHandlers: {},
    slowestTasks: [],
    failures: [],
  }
}

export function taskEnd(host: string, task: string, end: Partial<TaskEnd> = {}): TaskEnd {
  return {
    type: 'task',
    play: 'web',
    task,
    taskId: task,
    module: 'copy',
    source: 'site.yml:3',
    host,
    handler: false,
    status: 'ok',
    changed: false,
    changes: [],
    diffs: [],
    durationMs: 1,
    ...end,
  }
}

/** Writes a record as a run would; without a recap among its events it looks cut off. */
export async function writeRecord(
  stateFolder: string,
  id: string,
  events: readonly RunEvent[],
  of: RunOrigin = origin,
): Promise<string> {
  const file = new EventFile(stateFolder, id, of)
  for (const event of events) file.on(event)
  await file.close()
  return file.path
}

export function runSummary(id: string, more: Partial<RunSummary> = {}): RunSummary {
  return {
    ...origin,
    id,
    state: 'ended',
    user: 'root',
    startedAt: 0,
    endedAt: 1000,
    exitCode: 0,
    interrupted: false,
    hosts: {},
    ...more,
  }
}
