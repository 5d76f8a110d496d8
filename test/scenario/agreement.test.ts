import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Status, TaskEnd } from '#model/event.ts'
import { agreement } from '#scenario/agreement.ts'
import { runStart, taskEnd } from '../support/events.ts'

const end = (taskId: string, status: Status, host = 'web1'): TaskEnd =>
  taskEnd(host, { taskId, status, changed: status === 'changed' || status === 'would_change' })

const found = (plan: readonly TaskEnd[], run: readonly TaskEnd[]) =>
  agreement([runStart('check'), ...plan], [runStart(), ...run]).disagreements.map(
    ({ host, task, planned, ran }) => `${host} ${task.taskId} ${planned} ${ran}`,
  )

describe('a plan and the run after it', () => {
  it.each<[Status, Status]>([
    ['ok', 'ok'],
    ['would_change', 'changed'],
    ['skipped', 'skipped'],
    ['skipped', 'ok'],
    ['unknown', 'changed'],
    ['unknown', 'ok'],
    ['failed', 'failed'],
  ])('agree when "%s" became "%s"', (planned, ran) => {
    expect(found([end('a', planned)], [end('a', ran)])).toEqual([])
  })

  it.each<[Status, Status]>([
    ['ok', 'changed'],
    ['would_change', 'ok'],
    ['would_change', 'failed'],
    ['skipped', 'changed'],
  ])('differ when "%s" became "%s"', (planned, ran) => {
    expect(found([end('a', planned)], [end('a', ran)])).toEqual([`web1 a ${planned} ${ran}`])
  })

  it('are compared for each host', () => {
    const plan = [end('a', 'ok', 'web1'), end('a', 'would_change', 'web2')]
    const run = [end('a', 'changed', 'web1'), end('a', 'changed', 'web2')]
    expect(found(plan, run)).toEqual(['web1 a ok changed'])
  })

  it('are compared for each visit of a task', () => {
    expect(
      found([end('a', 'would_change'), end('a', 'ok')], [end('a', 'changed'), end('a', 'changed')]),
    ).toEqual(['web1 a ok changed'])
  })

  it('differ when only one of them came to a change', () => {
    expect(found([], [end('a', 'changed')])).toEqual(['web1 a undefined changed'])
    expect(found([end('a', 'would_change')], [])).toEqual(['web1 a would_change undefined'])
    expect(found([], [end('a', 'ok')])).toEqual([])
  })

  it('agree on tasks that follow from what was unknown on that host', () => {
    const run = [end('a', 'changed'), end('b', 'changed'), end('b', 'changed', 'web2')]
    expect(found([end('a', 'unknown')], run)).toEqual(['web2 b undefined changed'])
  })

  it('always agree when the run does what the plan says', () => {
    const statuses = fc.array(fc.constantFrom<Status>('ok', 'would_change', 'skipped', 'unknown'))
    fc.assert(
      fc.property(statuses, (all) => {
        const plan = all.map((status, i) => end(`t${i}`, status))
        const run = plan.map((task) => end(task.taskId, task.changed ? 'changed' : 'ok'))
        expect(found(plan, run)).toEqual([])
      }),
    )
  })

  it('list what the plan could not know', () => {
    const { unknown, compared } = agreement(
      [end('a', 'unknown'), end('b', 'ok')],
      [end('a', 'ok'), end('b', 'ok')],
    )
    expect(unknown.map(({ taskId }) => taskId)).toEqual(['a'])
    expect(compared).toBe(1)
  })
})
