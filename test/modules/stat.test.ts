import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import slurp from '#modules/slurp.ts'
import stat from '#modules/stat.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const at = (name: string): string => join(bench.folder, name)

writeFileSync(at('file'), 'ü\n', { mode: 0o640 })
symlinkSync('file', at('link'))
mkdirSync(at('dir'))

afterAll(() => bench.close())

const tell = async (args: object): Promise<unknown> => (await bench.run(stat, args)).result.data?.['stat']

test('tells of a file, the same in check mode', async () => {
  const sum = createHash('sha1').update('ü\n').digest('hex')
  const expected = {
    exists: true,
    isreg: true,
    isdir: false,
    mode: '0640',
    size: 3,
    checksum: sum,
    rusr: true,
    woth: false,
    readable: true,
  }
  expect(await tell({ path: at('file') })).toMatchObject(expected)
  const check = await bench.run(stat, { path: at('file') }, { mode: 'check' })
  expect(check.result.data?.['stat']).toMatchObject(expected)
  expect(check.changes).toEqual([])
})

test('tells that nothing is there', async () => {
  expect(await tell({ path: at('nothing') })).toEqual({ exists: false })
})

test('tells of a link, or of what it leads to', async () => {
  expect(await tell({ path: at('link') })).toMatchObject({
    islnk: true,
    lnk_target: 'file',
    lnk_source: at('file'),
  })
  expect(await tell({ path: at('link'), follow: true })).toMatchObject({ islnk: false, isreg: true, size: 3 })
})

test('tells folders, other checksums, and none when not asked', async () => {
  expect(await tell({ path: at('dir') })).toMatchObject({ isdir: true })
  const md5 = createHash('md5').update('ü\n').digest('hex')
  expect(await tell({ path: at('file'), checksum_algorithm: 'md5' })).toMatchObject({ checksum: md5 })
  expect(await tell({ path: at('file'), get_checksum: false })).not.toHaveProperty('checksum')
})

test('guesses the type of content when asked', async () => {
  const told = await tell({ path: at('file'), get_mime: true })
  expect(told).toHaveProperty('mimetype')
  expect(told).toHaveProperty('charset')
})

test('many cost one flight', async () => {
  await bench.session.reset()
  const before = await bench.session.flights()
  await Promise.all(['file', 'link', 'dir', 'nothing'].map((name) => tell({ path: at(name) })))
  expect((await bench.session.flights()) - before).toBe(1)
})

test('slurp reads a file as base64', async () => {
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * 31) % 256))
  writeFileSync(at('binary'), bytes)
  const read = async (name: string): Promise<unknown> =>
    (await bench.run(slurp, { src: at(name) })).result.data?.['content']
  expect(await read('file')).toBe(Buffer.from('ü\n').toString('base64'))
  expect(await read('binary')).toBe(bytes.toString('base64'))
  await expect(read('nothing')).rejects.toThrow(/does not exist/)
  await expect(read('dir')).rejects.toThrow(/is a directory/)
})
