import { describe, expect, it } from 'vitest'
import { changedTasks, failedTasks, unsettledTasks } from '#scenario/run-problems.ts'
import { runStart, taskEnd } from '../support/events.ts'

const events = [
  runStart(),
  taskEnd('fine'),
  taskEnd('changed', { status: 'changed', changed: true }),
  taskEnd('unsettled', { status: 'changed', changed: true, unsettled: ['mode'] }),
  taskEnd('failed', { status: 'failed' }),
  taskEnd('gone', { status: 'unreachable' }),
  taskEnd('ignored', { status: 'failed', ignored: true }),
  taskEnd('rescued', { status: 'failed', rescued: true }),
]

describe('the events of a run', () => {
  it('tell which tasks failed and were not expected to', () => {
    expect(failedTasks(events).map(({ host }) => host)).toEqual(['failed', 'gone'])
  })

  it('tell which tasks changed something', () => {
    expect(changedTasks(events).map(({ host }) => host)).toEqual(['changed', 'unsettled'])
  })

  it('tell which tasks are not settled', () => {
    expect(unsettledTasks(events).map(({ host }) => host)).toEqual(['unsettled'])
  })
})
