import { statSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import tempfile from '#modules/tempfile.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
afterAll(() => bench.close())

test('makes files and folders that only their user can see', async () => {
  const paths = await Promise.all(
    (['file', 'directory'] as const).map(async (state) => {
      const { result } = await bench.run(tempfile, { state, path: bench.folder, suffix: "it's" })
      return String(result.data?.['path'])
    }),
  )
  expect(paths.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['600', '700'])
  expect(paths.every((path) => /\/ansible\.[0-9a-f]{16}it's$/.test(path))).toBe(true)
})

test('makes a new one each time', async () => {
  const made = await Promise.all([1, 2].map(() => bench.run(tempfile, { path: bench.folder })))
  expect(new Set(made.map(({ result }) => result.data?.['path'])).size).toBe(2)
  expect(made[0]?.changes).toHaveLength(1)
})

test('cannot tell the name in check mode', async () => {
  const { changes } = await bench.run(tempfile, {}, { mode: 'check' })
  expect(changes[0]?.after).toBeInstanceOf(Unknown)
})

test('says when the folder is missing', async () => {
  await expect(bench.run(tempfile, { path: '/no/such/folder' })).rejects.toThrow(/no\/such\/folder/)
})
