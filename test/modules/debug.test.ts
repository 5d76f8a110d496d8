import { expect, test } from 'vitest'
import debug from '#modules/debug.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

const shown: readonly [args: unknown, msg: string, data: unknown][] = [
  [{ msg: 'Hello' }, 'Hello', { msg: 'Hello' }],
  [{}, 'Hello world!', { msg: 'Hello world!' }],
  [{ msg: ['a', 1] }, '[\n  "a",\n  1\n]', { msg: ['a', 1] }],
  [{ var: { text: 'r.rc', value: 0 } }, 'r.rc: 0', { 'r.rc': 0 }],
  [{ var: { text: 'name', value: 'web1' } }, 'name: web1', { name: 'web1' }],
  [
    { var: { text: 'nope', value: undefined, error: 'There is no nope.' } },
    'nope: VARIABLE IS NOT DEFINED: There is no nope.',
    { nope: 'VARIABLE IS NOT DEFINED: There is no nope.' },
  ],
]

test.each(shown)('prints %j', async (args, msg, data) => {
  expect((await bench().run(debug, args)).result).toEqual({ msg, data })
})

test('is passed over below its verbosity', async () => {
  const args = { msg: 'Detail', verbosity: 2 }
  expect((await bench().run(debug, args, { verbosity: 1 })).result).toEqual({
    skipped: 'It prints from verbosity 2 on.',
  })
  expect((await bench().run(debug, args, { verbosity: 2 })).result.msg).toBe('Detail')
})
