import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import find from '#modules/find.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, 'tree', ...names)

mkdirSync(at('sub', 'deep'), { recursive: true })
writeFileSync(at('a.log'), 'first\nsecond\n')
writeFileSync(at('b.txt'), 'x'.repeat(5000))
writeFileSync(at('.hidden.log'), '')
writeFileSync(at('sub', "it's a\nname.log"), 'second\n')
writeFileSync(at('sub', 'deep', 'c.log'), Buffer.from('caf\xe9\n', 'latin1'))
symlinkSync('a.log', at('link'))
symlinkSync('sub', at('to-sub'))
chmodSync(at('b.txt'), 0o600)
utimesSync(at('a.log'), 1_000_000_000, 1_000_000_000)

afterAll(() => bench.close())

const names = async (args: object): Promise<unknown> => {
  const { result } = await bench.run(find, { paths: [at()], ...args })
  const files = result.data?.['files']
  return Array.isArray(files)
    ? files.map(({ path }: { path: string }) => path.slice(at().length + 1)).sort()
    : files
}

describe('finds', () => {
  test.each([
    ['files of one folder', {}, ['a.log', 'b.txt']],
    ['names by pattern', { patterns: ['*.log'] }, ['a.log']],
    ['names by several patterns', { patterns: ['*.txt', 'a*'] }, ['a.log', 'b.txt']],
    ['names by regular expression', { patterns: ['[ab]\\.(log|txt)$'], use_regex: true }, ['a.log', 'b.txt']],
    ['all but excluded names', { excludes: ['*.log'] }, ['b.txt']],
    ['hidden ones when asked', { patterns: ['*.log'], hidden: true }, ['.hidden.log', 'a.log']],
    [
      'below, whatever the names',
      { patterns: ['*.log'], recurse: true },
      ['a.log', 'sub/deep/c.log', "sub/it's a\nname.log"],
    ],
    ['down to a depth', { patterns: ['*.log'], recurse: true, depth: 2 }, ['a.log', "sub/it's a\nname.log"]],
    ['folders', { file_type: 'directory', recurse: true }, ['sub', 'sub/deep']],
    ['links', { file_type: 'link' }, ['link', 'to-sub']],
    ['anything', { file_type: 'any' }, ['a.log', 'b.txt', 'link', 'sub', 'to-sub']],
    [
      'behind links',
      { patterns: ['c.log'], recurse: true, follow: true },
      ['sub/deep/c.log', 'to-sub/deep/c.log'],
    ],
    ['the old', { age: '1d' }, ['a.log']],
    ['the young', { age: '-1d' }, ['b.txt']],
    ['the large', { size: '4k' }, ['b.txt']],
    ['the small', { size: '-4k' }, ['a.log']],
    ['by mode', { mode: '0600' }, ['b.txt']],
    ['by part of the mode', { mode: 'u=rw', exact_mode: false }, ['a.log', 'b.txt']],
    ['lines that begin so', { contains: 'sec', recurse: true }, ['a.log', "sub/it's a\nname.log"]],
    ['no line that only holds it', { contains: 'cond', recurse: true }, []],
    ['text over lines', { contains: 'first\\nsec', read_whole_file: true, recurse: true }, ['a.log']],
  ])('%s', async (_title, args, expected) => {
    expect(await names(args)).toEqual(expected)
  })
})

test('tells what it found, the same in check mode', async () => {
  for (const mode of ['apply', 'check'] as const) {
    const { result, changes } = await bench.run(
      find,
      { paths: [at()], patterns: ['a.*'], get_checksum: true },
      { mode },
    )
    const checksum = createHash('sha1').update('first\nsecond\n').digest('hex')
    expect(result.data).toMatchObject({
      matched: 1,
      files: [{ path: at('a.log'), size: 13, mode: '0644', isreg: true, checksum }],
    })
    expect(changes).toEqual([])
  }
})

test('does not fail for a folder that is missing', async () => {
  const { result } = await bench.run(find, { paths: [at('nope'), at('sub')], patterns: ['*'] })
  expect(result.data).toMatchObject({
    matched: 1,
    skipped_paths: { [at('nope')]: expect.stringContaining('not a directory') },
  })
})

test('stops at the limit', async () => {
  const { result } = await bench.run(find, { paths: [at()], limit: 1 })
  expect(result.data?.['matched']).toBe(1)
})
