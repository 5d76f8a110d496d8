import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import slurp from '#modules/slurp.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test.each([
  ['text', Buffer.from('Grüße\n')],
  ['bytes', Buffer.from([0, 255, 10, 13, 0, 128])],
  ['nothing', Buffer.alloc(0)],
  ['a few hundred kilobytes', Buffer.alloc(300_000, 'abcdef\n')],
])('reads %s as base64', async (name, content) => {
  const src = join(bench().folder, name)
  writeFileSync(src, content)
  const { changes, result } = await bench().converge(slurp, { src })
  expect(changes).toEqual([])
  expect(result.data).toEqual({ content: content.toString('base64'), encoding: 'base64', source: src })
})

test('fails for a file that is not there, and for a folder', async () => {
  await expect(bench().run(slurp, { src: join(bench().folder, 'none') })).rejects.toThrow('none')
  await expect(bench().run(slurp, { src: bench().folder })).rejects.toThrow(bench().folder)
})
