import { expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import raw from '#modules/raw.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test('runs text by a shell and keeps every byte of what it prints', async () => {
  const { result } = await bench().run(raw, { cmd: 'echo a | cat; echo; echo e >&2' })
  expect(result).toMatchObject({
    changed: true,
    failed: false,
    data: { rc: 0, stdout: 'a\n\n', stderr: 'e\n' },
  })
})

test('takes another shell, and fails with the exit code', async () => {
  const { result } = await bench().run(raw, { cmd: 'exit $((3 ** 2))', executable: '/bin/bash' })
  expect([result.failed, result.data?.['rc']]).toEqual([true, 9])
})

test('is unknown in check mode', async () => {
  const { changes } = await bench().run(raw, { cmd: 'true' }, { mode: 'check' })
  expect(changes[0]?.before).toBeInstanceOf(Unknown)
})
