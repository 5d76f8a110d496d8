import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonEvent } from '#report/json-event.ts'
import { jsonLines } from '#report/json-lines.ts'
import { fullEvents, recap, taskEnd } from '../support/events.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

function linesOf(events: typeof fullEvents, diff = true): Record<string, unknown>[] {
  const { stdout } = memoryTerminal()
  const listener = jsonLines(stdout, { diff })
  for (const event of events) listener.on(event)
  return stdout.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('--output json', () => {
  it('writes one object per line, the recap last', () => {
    expect(linesOf(fullEvents).map(({ type }) => type)).toEqual([
      'run_start',
      'play_start',
      'batch_start',
      'task_start',
      'progress',
      'item',
      'task',
      'warning',
      'diagnostic',
      'recap',
    ])
  })

  it('has the fields of a task under the names that scripts rely on', () => {
    expect(linesOf(fullEvents).find(({ type }) => type === 'task')).toEqual({
      type: 'task',
      host: 'web1',
      play: 'web',
      task: 'Write the configuration',
      task_id: 'site.yml:12:5',
      role: 'nginx',
      module: 'template',
      source: 'roles/nginx/tasks/main.yml:3',
      handler: false,
      delegated_to: 'web2',
      status: 'failed',
      changed: true,
      changes: [
        { field: 'mode', before: '0644', after: '0600' },
        { field: 'path', before: null, after: 10 },
      ],
      diff: '--- before /etc/motd\n+++ after /etc/motd\n@@ -1,1 +1,1 @@\n-old\n+new\n',
      msg: 'It failed.',
      rc: 1,
      stdout: 'out',
      stderr: 'err',
      duration_ms: 12,
      attempts: 2,
      ignored: true,
      rescued: true,
      because: 'a reason',
      unsettled: ['mode'],
      warnings: ['Look out.'],
      no_log: false,
      remedy: 'Do something.',
      data: { size: 3 },
      results: [{ rc: 0 }],
    })
  })

  it('ends with the recap of the language reference', () => {
    expect(linesOf([recap({ exitCode: 2 })])).toEqual([
      {
        type: 'recap',
        hosts: { web1: { ok: 3, changed: 1, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 } },
        exit_code: 2,
        duration_ms: 1234,
        flights: 4,
        flights_by_host: { web1: 4 },
        pending_handlers: {},
        slowest_tasks: [],
        failures: [],
      },
    ])
  })

  it('flattens diagnostics', () => {
    const [line] = linesOf(fullEvents.filter(({ type }) => type === 'diagnostic'))
    expect(line).toMatchObject({
      type: 'diagnostic',
      code: 'unknown-argument',
      file: 'site.yml',
      line: 2,
      column: 7,
      message: 'apt has no argument "nam".',
    })
  })

  it('has diffs only when they are asked for', () => {
    const diffs = [{ path: 'x', before: 'a', after: 'b' }]
    expect(linesOf([taskEnd('web1', { diffs })], false)[0]).not.toHaveProperty('diff')
    expect(linesOf([taskEnd('web1', { diffs })], true)[0]).toHaveProperty('diff')
  })
})

describe('docs/events.md', () => {
  const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
  const section = (title: string): string => page.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
  const shared = section("A task's identity") + section('An outcome')

  it.each(
    fullEvents.flatMap((event) => {
      const line = jsonEvent(event, true)
      return line === undefined ? [] : [[line.type, line] as const]
    }),
  )('has a section for %s that names each of its fields', (type, line) => {
    const text = section(`\`${type}\``)
    expect(text).not.toBe('')
    const known = text.includes("a task's identity") ? text + shared : text
    const fields = Object.keys(line).filter((field) => field !== 'type')
    expect(fields.filter((field) => !known.includes(`\`${field}\``))).toEqual([])
  })
})
