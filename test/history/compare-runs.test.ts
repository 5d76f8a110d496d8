import { expect, test } from 'vitest'
import { compareRuns } from '#history/compare-runs.ts'
import type { RunEvent } from '#model/event.ts'
import { taskEnd } from '../support/run-record.ts'

async function* stream(events: readonly RunEvent[]): AsyncGenerator<RunEvent> {
  yield* events
}

const compare = (a: readonly RunEvent[], b: readonly RunEvent[]) => compareRuns(stream(a), stream(b))
const change = (after: unknown) => ({
  status: 'changed' as const,
  changes: [{ field: 'mode', before: '0600', after }],
})

test('runs that came to the same do not differ, however long they took', async () => {
  const a = [taskEnd('web1', 'x', { durationMs: 1, msg: 'at 10:00' })]
  const b = [taskEnd('web1', 'x', { durationMs: 9, msg: 'at 11:00' })]
  expect(await compare(a, b)).toEqual([])
})

test('a status, a change and a message of a failure are told apart', async () => {
  const a = [taskEnd('web1', 'x'), taskEnd('web1', 'y', change('0644')), taskEnd('web1', 'z')]
  const b = [
    taskEnd('web1', 'x', { status: 'failed', msg: 'no' }),
    taskEnd('web1', 'y', change('0640')),
    taskEnd('web1', 'z'),
  ]
  const found = await compare(a, b)
  expect(found.map(({ task }) => task)).toEqual(['x', 'y'])
  expect(found[0]).toMatchObject({ first: { status: 'ok' }, second: { status: 'failed', msg: 'no' } })
})

test('what only one of them ran has one side', async () => {
  const found = await compare([taskEnd('web1', 'old')], [taskEnd('web2', 'new', { role: 'base' })])
  expect(found).toMatchObject([
    { host: 'web2', task: 'base : new', first: undefined },
    { host: 'web1', task: 'old', second: undefined },
  ])
})

test('tasks with one name are matched by their order', async () => {
  const a = [taskEnd('web1', 'x'), taskEnd('web1', 'x')]
  const b = [taskEnd('web1', 'x'), taskEnd('web1', 'x', change('0600'))]
  expect(await compare(a, b)).toHaveLength(1)
})
