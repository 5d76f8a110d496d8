import { describe, expect, it } from 'vitest'
import type { TaskEnd } from '#model/event.ts'
import { Grouped } from '#report/grouped.ts'
import { createStyle } from '#report/style.ts'
import { change, recap, taskEnd } from '../support/events.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

function shown(ends: readonly TaskEnd[], quiet = false): string {
  const terminal = memoryTerminal()
  const style = createStyle(false)
  const options = {
    verbosity: 0,
    diff: false,
    style,
    columns: 80,
    sourceText: () => undefined,
    mode: 'apply',
    quiet,
  } as const
  const grouped = new Grouped(terminal, options)
  for (const end of ends) grouped.on(end)
  grouped.on(recap({ flights: 1 }))
  return terminal.stdout.text
}

const answer = (host: string, stdout: string, rc = 0): TaskEnd =>
  taskEnd(host, { module: 'command', rc, stdout, stderr: '', status: rc === 0 ? 'changed' : 'failed' })

describe('Grouped', () => {
  it('shows hosts with the same answer together', () => {
    expect(
      shown([answer('web3', 'up 3 days\n'), answer('web2', 'up 1 day\n'), answer('web1', 'up 3 days\n')]),
    ).toBe(
      [
        'web1, web3 (2 hosts) | rc=0',
        'up 3 days',
        '',
        'web2 | rc=0',
        'up 1 day',
        '',
        '3 hosts, 2 different answers, 1 flight at most per host, 1.2s',
        '',
      ].join('\n'),
    )
  })

  it('folds the names of many hosts', () => {
    const names = Array.from({ length: 20 }, (_, i) => `web${i + 1}`)
    expect(shown(names.map((name) => answer(name, '')))).toMatch(/^web\[1:20\] \(20 hosts\) \| rc=0\n/)
  })

  it('keeps a single answer free of anything else', () => {
    expect(shown([answer('web1', 'Linux\n')])).toBe('web1 | rc=0\nLinux\n')
  })

  it('shows failures last, with both outputs', () => {
    const failure = taskEnd('web1', { status: 'failed', rc: 3, stdout: 'half\n', stderr: 'broken\n' })
    expect(shown([failure, answer('web2', 'fine\n')])).toMatch(
      /^web2 \| rc=0\nfine\n\nweb1 \| rc=3\nhalf\nbroken\n/,
    )
  })

  it('says why a host did not answer', () => {
    expect(shown([taskEnd('web1', { status: 'unreachable', msg: 'No route to host.' })])).toContain(
      'web1 | unreachable\n  No route to host.\n',
    )
  })

  it('shows what modules other than commands changed', () => {
    expect(shown([taskEnd('web1', { status: 'changed', changed: true, changes: [change] })])).toBe(
      'web1 | changed\n  mode: 0644 → 0600\n',
    )
  })

  it('shows only failures when quiet', () => {
    expect(shown([answer('web1', 'x'), answer('web2', '', 1)], true)).toBe('web2 | rc=1\n')
  })
})
