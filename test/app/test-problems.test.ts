import { expect, it } from 'vitest'
import { runProblems } from '#app/test-problems.ts'
import { itemEnd, taskEnd } from '../support/events.ts'

it('the failure of a loop says which items failed, and why', () => {
  const events = [
    itemEnd('pve1', 'template'),
    itemEnd('pve1', 'cp01', { status: 'failed', msg: 'there is no storage tonk' }),
    taskEnd('pve1', { status: 'failed', msg: '1 of 2 items failed.' }),
  ]
  const [problem] = runProblems({ events, reason: 'failed' })
  expect(problem?.details).toEqual([
    '1 of 2 items failed.',
    expect.stringMatching(/^at /),
    'failed item cp01',
    '  there is no storage tonk',
  ])
})
