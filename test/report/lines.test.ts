import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '#model/event.ts'
import { Lines } from '#report/lines.ts'
import { createStyle } from '#report/style.ts'
import {
  change,
  fileDiff,
  identity,
  itemEnd,
  playStart,
  recap,
  runStart,
  taskEnd,
  taskStart,
} from '../support/events.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

interface Settings {
  readonly verbosity?: number
  readonly diff?: boolean
}

function shown(events: readonly RunEvent[], { verbosity = 0, diff = false }: Settings = {}): string {
  const { stdout } = memoryTerminal()
  const lines = new Lines(stdout, {
    verbosity,
    diff,
    style: createStyle(false),
    columns: 80,
    sourceText: () => 'a: {{ b }}',
  })
  for (const event of events) lines.on(event)
  void lines.close()
  return stdout.text
}

const hosts = (count: number): string[] => Array.from({ length: count }, (_, i) => `web${i + 1}`)
const changed = { status: 'changed', changed: true, changes: [change], diffs: [fileDiff] } as const

describe('Lines', () => {
  it('writes a heading for plays and tasks and a line for each host', () => {
    const events = [
      runStart(),
      playStart(['web1', 'web2']),
      taskStart(2),
      taskEnd('web1', changed),
      taskEnd('web2', { status: 'skipped', because: 'x is false' }),
      taskStart(1, { taskId: 'h', handler: true, task: 'restart nginx' }),
      taskEnd('web1', { taskId: 'h' }),
    ]
    expect(shown(events)).toBe(
      [
        '',
        'PLAY [web] 2 hosts, site.yml:1',
        '',
        'TASK [nginx : Write the configuration]',
        'changed: [web1] (1 change)',
        'skipped: [web2]',
        '',
        'HANDLER [nginx : restart nginx]',
        'ok: [web1]',
        '',
      ].join('\n'),
    )
  })

  it('says all it knows about a failure', () => {
    const failure = taskEnd('web1', {
      status: 'failed',
      msg: 'The command failed.',
      rc: 2,
      stdout: 'half done\n',
      stderr: 'no space left\nreally\n',
      data: { cmd: ['make', 'all'] },
      remedy: 'Free some space.',
      attempts: 3,
    })
    expect(shown([playStart(['web1']), taskStart(1), failure])).toContain(
      [
        'failed: [web1]',
        '    The command failed.',
        '    at       roles/nginx/tasks/main.yml:3',
        '    command  make all',
        '    rc       2',
        '    attempts 3',
        '    stdout   half done',
        '    stderr   no space left',
        '             really',
        '    Free some space.',
        '',
      ].join('\n'),
    )
  })

  it('points at the expression that failed', () => {
    const range = {
      file: 'site.yml',
      start: { line: 1, column: 7, offset: 6 },
      end: { line: 1, column: 8, offset: 7 },
    }
    const text = shown([
      playStart(['web1']),
      taskStart(1),
      taskEnd('web1', { status: 'failed', msg: 'b is not defined.', range }),
    ])
    expect(text).toContain('    b is not defined.\n    1 │ a: {{ b }}\n      │       ^\n')
  })

  it('shows the end of long output, and all of it with -vv', () => {
    const stdout = hosts(50).join('\n')
    const events = [
      playStart(['web1']),
      taskStart(1),
      taskEnd('web1', { status: 'failed', msg: 'No.', stdout }),
    ]
    expect(shown(events)).toContain('… 30 more lines, see -vv')
    expect(shown(events)).not.toContain('web30\n')
    expect(shown(events, { verbosity: 2 })).toContain('web30\n')
  })

  it('shows failed items always and the others with -v', () => {
    const events = [
      playStart(['web1']),
      taskStart(1),
      itemEnd('web1', 'nginx'),
      itemEnd('web1', 'apache', { status: 'failed', msg: 'No package "apache".' }),
      taskEnd('web1', { status: 'failed', msg: 'One or more items failed.' }),
    ]
    expect(shown(events)).toContain('    failed item apache\n      No package "apache".')
    expect(shown(events)).not.toContain('item nginx')
    expect(shown(events, { verbosity: 1 })).toContain('    ok item nginx')
  })

  it('says what the items of a debug say, and item by item what a check would change', () => {
    const changes = [{ field: 'state', before: 'absent', after: 'directory' }]
    const events = [
      playStart(['web1']),
      taskStart(1),
      itemEnd('web1', 'a', { module: 'debug', msg: 'hello' }),
      itemEnd('web1', 'b', { status: 'would_change', changed: true, changes }),
      itemEnd('web1', 'c'),
      taskEnd('web1', { status: 'would_change', changed: true, changes }),
    ]
    expect(shown([runStart('check'), ...events])).toContain(
      [
        'would change: [web1] (1 change)',
        '    ok item a',
        '      hello',
        '    would change item b',
        '      state: absent → directory',
        '',
      ].join('\n'),
    )
  })

  it('tells a command that nobody can foresee from what depends on it', () => {
    const unknown = (because: string) => taskEnd('web1', { status: 'unknown', because })
    const text = shown([
      runStart('check'),
      playStart(['web1']),
      taskStart(1),
      unknown(identity.task),
      unknown('Make it'),
    ])
    expect(text).toContain('    only running it would tell\n')
    expect(text).toContain('    depends on "Make it"\n')
  })

  it.each([
    ['no details by default', {}, 'changed: [web1] (1 change)\n'],
    ['changes with -v', { verbosity: 1 }, '    mode: 0644 → 0600\n'],
    ['data with -v', { verbosity: 1 }, '    size     3\n'],
    ['output with -vv', { verbosity: 2 }, '    stdout   hello\n'],
    [
      'diffs with --diff',
      { diff: true },
      '    --- before /etc/motd\n    +++ after /etc/motd\n    @@ -1,1 +1,1 @@\n    -old\n    +new\n',
    ],
  ])('shows %s', (_, settings, expected) => {
    const events = [
      playStart(['web1']),
      taskStart(1),
      taskEnd('web1', { ...changed, stdout: 'hello\n', rc: 0, data: { size: 3 } }),
    ]
    expect(shown(events, settings)).toContain(expected)
  })

  it('always shows what debug says, what is unsettled and what is warned of', () => {
    const text = shown([
      playStart(['web1']),
      taskStart(1),
      taskEnd('web1', { module: 'debug', msg: 'port is 80', unsettled: ['mode'], warnings: ['Look out.'] }),
    ])
    expect(text).toContain(
      '    port is 80\n    warning: Look out.\n    unsettled: a second run would change mode again\n',
    )
  })

  it('shows in check mode what would change and what an unknown depends on', () => {
    const text = shown([
      runStart('check'),
      playStart(['web1', 'web2']),
      taskStart(2),
      taskEnd('web1', { ...changed, status: 'would_change' }),
      taskEnd('web2', { status: 'unknown', because: 'Create the key' }),
    ])
    expect(text).toContain('would change: [web1] (1 change)\n    mode: 0644 → 0600\n')
    expect(text).toContain('unknown: [web2]\n    depends on "Create the key"\n')
  })

  it('folds equal results of many hosts at the end of a task, failures at once', () => {
    const names = hosts(30)
    const events: RunEvent[] = [playStart(names), taskStart(30)]
    for (const host of names) {
      events.push(
        taskEnd(host, host === 'web9' ? { status: 'failed', msg: 'No.' } : host === 'web3' ? changed : {}),
      )
    }
    const task = shown(events).split('TASK')[1] ?? ''
    expect(task).toBe(
      [
        ' [nginx : Write the configuration]',
        'failed: [web9]',
        '    No.',
        '    at       roles/nginx/tasks/main.yml:3',
        'ok: [web1, web2, web[4:8], web[10:30]] 28 hosts',
        'changed: [web3] (1 change)',
        '',
      ].join('\n'),
    )
  })

  it('repeats the heading when tasks of a free play interleave', () => {
    const other = { taskId: 'b', task: 'Second' }
    const text = shown([
      playStart(['web1', 'web2'], { strategy: 'free' }),
      taskStart(2),
      taskEnd('web1'),
      taskStart(2, other),
      taskEnd('web1', other),
      taskEnd('web2'),
    ])
    expect(text.match(/TASK \[.*\]/g)).toEqual([
      'TASK [nginx : Write the configuration]',
      'TASK [nginx : Second]',
      'TASK [nginx : Write the configuration]',
    ])
  })

  it('shows escape sequences of hosts as nothing', () => {
    const text = shown([
      playStart(['web1']),
      taskStart(1),
      taskEnd('web1', { status: 'failed', msg: 'a\u001b[2Jb\u0007' }),
    ])
    expect(text).toContain('    ab\n')
  })

  it('ends with the recap', () => {
    expect(shown([recap()])).toContain('Done in 1.2s')
  })

  describe('while a task takes long', () => {
    beforeEach(() => {
      vi.useFakeTimers()
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    it('says so every half minute, with progress', () => {
      const { stdout } = memoryTerminal()
      const lines = new Lines(stdout, {
        verbosity: 0,
        diff: false,
        style: createStyle(false),
        columns: 80,
        sourceText: () => undefined,
      })
      lines.on(playStart(['web1', 'web2']))
      lines.on(taskStart(2))
      lines.on({ type: 'host_start', ...identity, host: 'web1' })
      lines.on({ type: 'progress', ...identity, host: 'web1', text: '43 of 100 MB' })
      vi.advanceTimersByTime(29_000)
      expect(stdout.text).not.toContain('...')
      vi.advanceTimersByTime(32_000)
      const beats = stdout.text.split('\n').filter((line) => line.startsWith('...'))
      expect(beats).toEqual([
        '... nginx : Write the configuration: 30s, 0 of 2 hosts done; running: web1 (43 of 100 MB)',
        '... nginx : Write the configuration: 1m 00s, 0 of 2 hosts done; running: web1 (43 of 100 MB)',
      ])
      void lines.close()
      vi.advanceTimersByTime(60_000)
      expect(stdout.text.match(/\.\.\./g)?.length).toBe(2)
    })
  })
})
