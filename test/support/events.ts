import type { ItemEnd, PlayStart, Recap, RunEvent, TaskEnd, TaskStart } from '#model/event.ts'

export const identity = {
  play: 'web',
  task: 'Write the configuration',
  taskId: 'site.yml:12:5',
  role: 'nginx',
  module: 'template',
  source: 'roles/nginx/tasks/main.yml:3',
}

const outcome = { changed: false, changes: [], diffs: [], durationMs: 12.4 }

export const taskEnd = (host: string, more: Partial<TaskEnd> = {}): TaskEnd => ({
  type: 'task',
  ...identity,
  ...outcome,
  host,
  handler: false,
  status: 'ok',
  ...more,
})

export const itemEnd = (host: string, item: string, more: Partial<ItemEnd> = {}): ItemEnd => ({
  type: 'item',
  ...identity,
  ...outcome,
  host,
  item,
  label: item,
  status: 'ok',
  ...more,
})

export const runStart = (mode: 'apply' | 'check' = 'apply'): RunEvent => ({
  type: 'run_start',
  playbooks: ['site.yml'],
  mode,
  version: '0.1.0',
  time: '2026-01-02T03:04:05.678Z',
})

export const playStart = (hosts: readonly string[], more: Partial<PlayStart> = {}): PlayStart => ({
  type: 'play_start',
  play: 'web',
  hosts,
  source: 'site.yml:1',
  ...more,
})

export const taskStart = (hosts: number, more: Partial<TaskStart> = {}): TaskStart => ({
  type: 'task_start',
  ...identity,
  hosts,
  handler: false,
  ...more,
})

export const counters = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 }

export const recap = (more: Partial<Recap> = {}): Recap => ({
  type: 'recap',
  hosts: { web1: { ...counters, ok: 3, changed: 1 } },
  exitCode: 0,
  durationMs: 1234,
  flights: 4,
  flightsByHost: { web1: 4 },
  pendingHandlers: {},
  slowestTasks: [],
  failures: [],
  ...more,
})

export const change = { field: 'mode', before: '0644', after: '0600' }

export const fileDiff = { path: '/etc/motd', before: 'old\n', after: 'new\n' }

/** One event of each type, every field set. */
export const fullEvents: readonly RunEvent[] = [
  runStart(),
  playStart(['web1'], { strategy: 'linear' }),
  { type: 'batch_start', play: 'web', hosts: ['web1'], number: 1, of: 1 },
  taskStart(1),
  { type: 'host_start', ...identity, host: 'web1' },
  { type: 'progress', ...identity, host: 'web1', text: '43 of 100 MB' },
  itemEnd('web1', 'nginx', { status: 'changed', changed: true, changes: [change] }),
  taskEnd('web1', {
    status: 'failed',
    changed: true,
    changes: [change, { field: 'path', before: undefined, after: 10n }],
    diffs: [fileDiff],
    msg: 'It failed.',
    rc: 1,
    stdout: 'out',
    stderr: 'err',
    attempts: 2,
    ignored: true,
    rescued: true,
    because: 'a reason',
    unsettled: ['mode'],
    warnings: ['Look out.'],
    noLog: false,
    remedy: 'Do something.',
    data: { size: 3n },
    delegatedTo: 'web2',
    results: [{ rc: 0 }],
  }),
  { type: 'warning', message: 'Look out.', host: 'web1' },
  {
    type: 'diagnostic',
    diagnostic: {
      code: 'unknown-argument',
      severity: 'error',
      message: 'apt has no argument "nam".',
      remedy: 'Look it up.',
      range: {
        file: 'site.yml',
        start: { line: 2, column: 7, offset: 12 },
        end: { line: 2, column: 10, offset: 15 },
      },
      related: [
        {
          message: 'The first one:',
          range: {
            file: 'other.yml',
            start: { line: 1, column: 1, offset: 0 },
            end: { line: 1, column: 2, offset: 1 },
          },
        },
      ],
    },
  },
  recap({
    interrupted: true,
    pendingHandlers: { web1: ['restart nginx'] },
    slowestTasks: [{ task: 'nginx : Start', durationMs: 900.4 }],
    failures: [{ host: 'web1', task: 'Start', reason: 'It failed.' }],
  }),
]
