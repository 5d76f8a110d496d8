import { expect, it } from 'vitest'
import { doubleFiles } from '#lab/double-files.ts'

it('gives a host without doubles nothing', async () => {
  expect(await doubleFiles({ doubles: [] })).toEqual([])
})
