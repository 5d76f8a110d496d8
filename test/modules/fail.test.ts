import { expect, test } from 'vitest'
import fail from '#modules/fail.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test.each([
  [{ msg: 'Debian 11 is too old.' }, 'Debian 11 is too old.'],
  [{}, 'Failed as requested from task'],
])('fails, in check mode as well: %j', async (args, msg) => {
  for (const mode of ['apply', 'check'] as const) {
    expect((await bench().run(fail, args, { mode })).result).toEqual({ failed: true, msg })
  }
})
