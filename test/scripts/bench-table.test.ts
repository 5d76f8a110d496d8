import { expect, it } from 'vitest'
import type { Run } from '../../scripts/bench-run.ts'
import { tableOf } from '../../scripts/bench-table.ts'
import { throughputOf } from '../../scripts/bench-throughput.ts'

const run = (peer: string, wall: number, more: Partial<Run> = {}): Run => ({
  ...{ peer, wall, work: 'W1', n: 1, rtt: 20, phase: 'cold', rc: 0 },
  ...more,
})

const cells = (table: string): readonly string[][] =>
  table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

it('shows medians, and how tsplay stands to the lower floor and the fastest peer', () => {
  const runs = [1, 9, 3].map((wall) => run('tsplay', wall))
  const others = [run('raw-script', 1.5), run('ssh2-script', 2), run('ansible-tuned', 30), run('pyinfra', 12)]
  const [head, , row] = cells(tableOf([...runs, ...others]))
  expect(head?.slice(3)).toEqual([
    ...['floor, ssh2', 'floor, OpenSSH', '**tsplay**', 'pyinfra', 'Ansible, pipelining'],
    ...['tsplay to floor', 'fastest peer to tsplay'],
  ])
  expect(row).toEqual([
    '50 tasks, cold',
    '1',
    '20',
    '2.00',
    '1.50',
    '3.00',
    '12.00',
    '30.00',
    '2.0 ×',
    '4.0 ×',
  ])
})

it('leaves out runs that failed and says nothing of what was not measured', () => {
  const runs = [
    run('tsplay', 2),
    run('raw-script', 0.1, { rc: 1 }),
    run('pyinfra', 4, { work: 'W3', phase: 'run' }),
  ]
  const [, , first, second] = cells(tableOf(runs))
  expect(first).toEqual(['50 tasks, cold', '1', '20', '2.00', '—', '—', '—'])
  expect(second).toEqual(['`uptime`, ad hoc', '1', '20', '—', '4.00', '—', '—'])
})

it('takes no script for a floor that sends no file', () => {
  const large = (peer: string, wall: number) => run(peer, wall, { work: 'W4' })
  const [, , row] = cells(tableOf([large('tsplay', 1), large('ssh2-script', 0.1), large('raw-script', 2)]))
  expect(row).toEqual(['one file of 100 MB, cold', '1', '20', '2.00', '1.00', '0.5 ×', '—'])
})

it('gives each kind of work, number of hosts and delay a row', () => {
  const table = tableOf([
    run('tsplay', 1),
    run('tsplay', 1, { n: 2 }),
    run('tsplay', 1, { rtt: 0 }),
    run('tsplay', 1, { phase: 'converged' }),
  ])
  expect(table.split('\n')).toHaveLength(6)
})

it('takes what an empty file needs from the time of a large one for a throughput, and gives it no row of its own', () => {
  const file = (peer: string, wall: number, phase: string, rtt = 0) =>
    run(peer, wall, { work: 'W4', phase, rtt })
  const large = [file('tsplay', 1.4, 'cold'), file('raw-script', 2.3, 'cold'), file('tsplay', 9, 'cold', 20)]
  const empty = [file('tsplay', 0.4, 'empty'), file('raw-script', 0.3, 'empty')]
  const [head, , ...rows] = cells(throughputOf([...large, ...empty]))
  expect(head).toEqual(['ms', '`scp`', '**tsplay**', 'tsplay to `scp`'])
  expect(rows).toEqual([['0', '52', '105', '2.0 ×']])
  expect(throughputOf(large)).toBe('')
  expect(tableOf([...large, ...empty])).not.toContain('empty')
})
