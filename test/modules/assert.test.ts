import { expect, test } from 'vitest'
import assert from '#modules/assert.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const holds = { text: 'a == 1', value: true }
const fails = { text: 'b == 1', value: false }

test('says that all conditions hold, or nothing with quiet', async () => {
  expect((await bench().run(assert, { that: [holds] })).result).toEqual({ msg: 'All assertions passed' })
  expect((await bench().run(assert, { that: [holds], success_msg: 'Good.' })).result.msg).toBe('Good.')
  expect((await bench().run(assert, { that: [holds], quiet: true })).result).toEqual({})
})

const failures: readonly [that: readonly unknown[], msg: string, data: unknown][] = [
  [
    [holds, fails, { text: 'c', value: false }],
    '"b == 1" does not hold.',
    { assertion: 'b == 1', evaluated_to: false },
  ],
  [[{ text: 'n', value: 3 }], '"n" must be true or false, and it is 3.', { assertion: 'n', evaluated_to: 3 }],
  [
    [{ text: 'x.y', value: undefined, error: 'There is no x.' }],
    '"x.y" cannot be evaluated: There is no x.',
    { assertion: 'x.y', evaluated_to: false },
  ],
]

test.each(failures)('stops at the first that does not hold: %j', async (that, msg, data) => {
  expect((await bench().run(assert, { that })).result).toEqual({ failed: true, msg, data })
  expect((await bench().run(assert, { that, fail_msg: 'No.' })).result.msg).toBe('No.')
})
