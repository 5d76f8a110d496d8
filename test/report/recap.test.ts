import { describe, expect, it } from 'vitest'
import { recapText } from '#report/recap.ts'
import { createStyle } from '#report/style.ts'
import { counters, recap } from '../support/events.ts'

const options = { style: createStyle(false), verbosity: 0, mode: 'apply', columns: 80 } as const

describe('recapText', () => {
  it('puts counters in columns and leaves out those that are zero everywhere', () => {
    const text = recapText(
      recap({
        hosts: {
          web1: { ...counters, ok: 12, changed: 3 },
          'db.example': { ...counters, ok: 9, skipped: 10 },
        },
        flightsByHost: { web1: 5, 'db.example': 4 },
        flights: 5,
      }),
      options,
    )
    expect(text).toBe(
      [
        'RECAP       ok  changed  failed  skipped  flights',
        'web1        12        3       0        0        5',
        'db.example   9        0       0       10        4',
        '',
        'Done in 1.2s: 2 hosts, 3 changed, 5 flights at most per host.',
      ].join('\n'),
    )
  })

  it('tells what cannot be known from what is right', () => {
    const hosts = { web1: { ...counters, ok: 4, changed: 1 }, web2: { ...counters, ok: 4 } }
    const text = recapText(recap({ hosts, unknown: { web1: 2 } }), { ...options, mode: 'check' })
    expect(text).toContain('RECAP  ok  would change  unknown  failed  flights')
    expect(text).toContain('web1    2             1        2       0        4')
    expect(text).toContain('web2    4             0        0       0        0')
    expect(text).toContain('2 hosts, 1 would change, 2 unknown,')
  })

  it('names failures, pending handlers and slow tasks', () => {
    const text = recapText(
      recap({
        hosts: { web1: { ...counters, failed: 1 }, web2: { ...counters, unreachable: 1 } },
        exitCode: 2,
        durationMs: 75_000,
        failures: [
          { host: 'web1', task: 'nginx : Start', reason: 'It failed.\nBadly.' },
          { host: 'web2', task: 'nginx : Start', reason: 'No route to host.' },
        ],
        pendingHandlers: { web1: ['restart nginx', 'reload'], web2: [] },
        slowestTasks: [{ task: 'Back up', durationMs: 60_400 }],
      }),
      options,
    )
    expect(text).toContain(
      'Failed\n  web1  nginx : Start: It failed.\n  web2  nginx : Start: No route to host.',
    )
    expect(text).toContain('did not run; the next run offers them\n  web1  restart nginx, reload')
    expect(text).toContain('Slowest tasks\n   1m 00s  Back up')
    expect(text).toContain('Failed in 1m 15s: 2 hosts, 0 changed, 1 host failed, 1 host unreachable,')
  })

  it('folds hosts with equal counters when there are many', () => {
    const names = Array.from({ length: 200 }, (_, i) => `web${i + 1}`)
    const hosts = Object.fromEntries(
      names.map((name) => [name, { ...counters, ok: name === 'web7' ? 1 : 5 }]),
    )
    const flightsByHost = Object.fromEntries(names.map((name, i) => [name, 4 + (i % 2)]))
    const lines = recapText(recap({ hosts, flightsByHost }), options).split('\n')
    expect(lines.slice(1, 3)).toEqual([
      'web[1:6], web[8:200]   5        0       0      4–5',
      'web7                   1        0       0        4',
    ])
  })

  it('speaks of what would change in check mode', () => {
    const text = recapText(recap(), { ...options, mode: 'check' })
    expect(text).toContain('would change')
    expect(text).toContain('1 would change')
  })

  it('says when the run was interrupted', () => {
    expect(recapText(recap({ interrupted: true, exitCode: 130 }), options)).toContain('Interrupted in 1.2s')
  })

  it.each([
    [4, ''],
    [5, ''],
    [6, ''],
    [0, 'There was nothing to do.'],
  ])('is silent without hosts, since it was said why (exit code %d)', (exitCode, text) => {
    expect(recapText(recap({ hosts: {}, exitCode }), options)).toBe(text)
  })
})
