import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import blockinfile from '#modules/blockinfile.ts'
import { openModuleBench } from '../support/module.ts'
import { edited } from '../support/text-state.ts'

const bench = openModuleBench()
const at = (name: string): string => join(bench.folder, name)

afterAll(() => bench.close())

const begin = '# BEGIN ANSIBLE MANAGED BLOCK\n'
const end = '# END ANSIBLE MANAGED BLOCK\n'
const block = `${begin}x\ny\n${end}`

describe('the text', () => {
  test.each([
    ['appends a block', { block: 'x\ny\n' }, 'a\n', `a\n${block}`],
    ['needs no newline at the end of it', { block: 'x\ny' }, 'a\n', `a\n${block}`],
    [
      'replaces what is between the markers',
      { block: 'x\ny' },
      `a\n${begin}old\n${end}b\n`,
      `a\n${block}b\n`,
    ],
    ['replaces markers in the wrong order', { block: 'x\ny' }, `a\n${end}old\n${begin}b\n`, `a\n${block}b\n`],
    ['leaves a file alone that has it', { block: 'x\ny' }, `a\n${block}b\n`, `a\n${block}b\n`],
    ['leaves it where it is', { block: 'x\ny', insertbefore: 'BOF' }, `a\n${block}b\n`, `a\n${block}b\n`],
    ['inserts at the beginning', { block: 'x\ny', insertbefore: 'BOF' }, 'a\n', `${block}a\n`],
    ['inserts after the last match', { block: 'x\ny', insertafter: '^a' }, 'a\na\nb\n', `a\na\n${block}b\n`],
    [
      'inserts before the last match',
      { block: 'x\ny', insertbefore: '^a' },
      'a\na\nb\n',
      `a\n${block}a\nb\n`,
    ],
    ['appends when the place is not found', { block: 'x\ny', insertafter: 'z' }, 'a\n', `a\n${block}`],
    ['ends an unfinished line', { block: 'x\ny' }, 'a', `a\n${block}`],
    [
      'keeps a block that ends unfinished',
      { block: 'x\ny' },
      `a\n${block}`.slice(0, -1),
      `a\n${block}`.slice(0, -1),
    ],
    ['removes a block', { state: 'absent' }, `a\n${block}b\n`, 'a\nb\n'],
    ['removes an empty block', { block: '' }, `a\n${block}b\n`, 'a\nb\n'],
    ['has nothing to remove', { state: 'absent' }, 'a\n', 'a\n'],
    ['makes a file', { block: 'x\ny', create: true }, undefined, block],
    [
      'takes another marker',
      { block: 'x', marker: '// {mark} me', marker_begin: 'A', marker_end: 'Z' },
      '',
      '// A me\nx\n// Z me\n',
    ],
    ['keeps CRLF', { block: 'x\ny' }, 'a\r\n', `a\n${block}`.replaceAll('\n', '\r\n')],
    [
      'sets empty lines around',
      { block: 'x\ny', insertafter: 'a', prepend_newline: true, append_newline: true },
      'a\nb\n',
      `a\n\n${block}\nb\n`,
    ],
    [
      'sets none twice',
      { block: 'x\ny', prepend_newline: true, append_newline: true },
      `a\n\n${block}\nb\n`,
      `a\n\n${block}\nb\n`,
    ],
  ])('%s', (_title, args, before, after) => {
    expect(edited(blockinfile, { path: '/f', ...args }, before)).toBe(after)
    expect(edited(blockinfile, { path: '/f', ...args }, after)).toBe(after)
  })

  test.each([
    ['a missing file', { block: 'x' }, undefined, 'does not exist'],
    ['a marker without {mark}', { block: 'x', marker: '# same' }, '', 'needs {mark}'],
    ['two places', { block: 'x', insertafter: 'a', insertbefore: 'b' }, '', 'exclude each other'],
  ])('refuses %s', (_title, args, before, message) => {
    expect(() => edited(blockinfile, { path: '/f', ...args }, before)).toThrow(message)
  })
})

test('writes, settles and removes for real', async () => {
  writeFileSync(at('hosts'), '127.0.0.1 localhost\n')
  const args = { path: at('hosts'), marker: '# {mark} cluster', block: '10.0.0.1 cp1\n10.0.0.2 w1' }
  expect((await bench.converge(blockinfile, args)).result.msg).toBe('Block inserted')
  const text = '127.0.0.1 localhost\n# BEGIN cluster\n10.0.0.1 cp1\n10.0.0.2 w1\n# END cluster\n'
  expect(readFileSync(at('hosts'), 'utf8')).toBe(text)
  expect((await bench.converge(blockinfile, { ...args, state: 'absent' })).result.msg).toBe('Block removed')
  expect(readFileSync(at('hosts'), 'utf8')).toBe('127.0.0.1 localhost\n')
})
