import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import fetchModule from '#modules/fetch.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 13) % 256))

mkdirSync(at('host'))
writeFileSync(at('host', 'data'), bytes)

afterAll(() => bench.close())

test('puts a file below the name of its host, once', async () => {
  const args = { src: at('host', 'data'), dest: 'fetched' }
  const check = await bench.run(fetchModule, args, { mode: 'check' })
  expect(existsSync(at('fetched'))).toBe(false)
  const outcome = await bench.converge(fetchModule, args)
  expect(outcome.changes).toEqual(check.changes)
  expect(readFileSync(at('fetched', 'here', at('host', 'data')))).toEqual(bytes)
})

test('takes a plain path, or a folder, when flat', async () => {
  await bench.converge(fetchModule, { src: at('host', 'data'), dest: 'one', flat: true })
  await bench.converge(fetchModule, { src: at('host', 'data'), dest: 'folder/', flat: true })
  expect([readFileSync(at('one')).length, readFileSync(at('folder', 'data')).length]).toEqual([
    400_000, 400_000,
  ])
})

test('fetches again what changed', async () => {
  writeFileSync(at('host', 'data'), 'new')
  const { changes } = await bench.converge(fetchModule, { src: at('host', 'data'), dest: 'one', flat: true })
  expect([changes.length, readFileSync(at('one'), 'utf8')]).toEqual([1, 'new'])
})

test('fails for what is missing, unless told otherwise', async () => {
  const args = { src: at('host', 'nope'), dest: 'x' }
  await expect(bench.run(fetchModule, args)).rejects.toThrow(/does not exist/)
  const outcome = await bench.converge(fetchModule, { ...args, fail_on_missing: false })
  expect(outcome.changes).toEqual([])
})

test('refuses folders', async () => {
  await expect(bench.run(fetchModule, { src: at('host'), dest: 'x' })).rejects.toThrow(/is a directory/)
})
