import { describe, expect, it } from 'vitest'
import type { RunEvent } from '#model/event.ts'
import { TaskBoard } from '#report/task-board.ts'
import { identity, playStart, recap, taskEnd, taskStart } from '../support/events.ts'

/** What a watcher hears: `+a` opened, `-a` closed, `a:web1` a result. */
function heard(events: readonly RunEvent[]): string[] {
  const log: string[] = []
  const board = new TaskBoard({
    opened: ({ start }) => log.push(`+${start.taskId}`),
    result: ({ start }, { end }) => log.push(`${start.taskId}:${end.host}`),
    closed: ({ start }) => log.push(`-${start.taskId}`),
  })
  for (const event of events) board.on(event)
  return log
}

const start = (taskId: string, hosts: number) => taskStart(hosts, { taskId })
const end = (taskId: string, host: string, status: 'ok' | 'failed' | 'unreachable' = 'ok') =>
  taskEnd(host, { taskId, status })
const begin = (taskId: string, host: string): RunEvent => ({ type: 'host_start', ...identity, taskId, host })

describe('TaskBoard', () => {
  it('closes a task when all its hosts have answered', () => {
    expect(heard([start('a', 2), end('a', '1'), end('a', '2')])).toEqual(['+a', 'a:1', 'a:2', '-a'])
  })

  it('closes a task that fewer hosts came to when the next one starts', () => {
    expect(heard([start('a', 3), end('a', '1'), start('b', 1)])).toEqual(['+a', 'a:1', '-a', '+b'])
  })

  it('keeps a task open that a host is still at', () => {
    expect(heard([start('a', 2), begin('a', '1'), start('b', 1)])).toEqual(['+a', '+b'])
  })

  it('keeps tasks of a free play open until the hosts behind have come', () => {
    const free = playStart(['1', '2'], { strategy: 'free' })
    expect(heard([free, start('a', 2), end('a', '1'), start('b', 2), end('b', '1'), end('a', '2')])).toEqual([
      '+a',
      'a:1',
      '+b',
      'b:1',
      'a:2',
      '-a',
    ])
  })

  it('does not wait in a free play for hosts that were lost meanwhile', () => {
    const free = playStart(['1', '2'], { strategy: 'free' })
    expect(
      heard([free, start('a', 2), end('a', '1'), start('b', 2), end('b', '1'), end('a', '2', 'failed')]),
    ).toEqual(['+a', 'a:1', '+b', 'b:1', 'a:2', '-a', '-b'])
  })

  it('counts hosts lost before a task began as not among its hosts', () => {
    const free = playStart(['1', '2', '3'], { strategy: 'free' })
    const log = heard([free, start('a', 3), end('a', '1', 'unreachable'), start('b', 2), end('b', '2')])
    expect(log).not.toContain('-b')
  })

  it.each([
    ['the recap', recap()],
    ['a new play', playStart(['1'])],
    ['a new batch', { type: 'batch_start', play: 'web', hosts: ['1'], number: 2, of: 2 } as const],
  ])('closes everything at %s', (_, event) => {
    expect(heard([start('a', 5), begin('a', '1'), event])).toEqual(['+a', '-a'])
  })

  it('opens a task again for a straggler', () => {
    expect(heard([start('a', 3), end('a', '1'), start('b', 1), end('a', '2')])).toEqual([
      '+a',
      'a:1',
      '-a',
      '+b',
      '+a',
      'a:2',
      '-a',
    ])
  })
})
