import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import lineinfile from '#modules/lineinfile.ts'
import { openModuleBench } from '../support/module.ts'
import { edited } from '../support/text-state.ts'

const bench = openModuleBench()
const at = (name: string): string => join(bench.folder, name)

afterAll(() => bench.close())

describe('the text', () => {
  const abc = 'a=1\nb=2\na=3\n'
  test.each([
    ['replaces the last match', { regexp: '^a=', line: 'a=9' }, abc, 'a=1\nb=2\na=9\n'],
    [
      'replaces the first match when told',
      { regexp: '^a=', line: 'a=9', firstmatch: true },
      abc,
      'a=9\nb=2\na=3\n',
    ],
    ['replaces only one of several', { search_string: 'a=', line: 'a=x' }, abc, 'a=1\nb=2\na=x\n'],
    ['leaves a file alone that has the line', { line: 'b=2' }, abc, abc],
    ['leaves it alone when the pattern no longer matches', { regexp: '^#b', line: 'b=2' }, abc, abc],
    ['appends at the end', { line: 'c=4' }, abc, `${abc}c=4\n`],
    ['appends when the pattern does not match', { regexp: '^z', line: 'z' }, abc, `${abc}z\n`],
    [
      'inserts after the last match',
      { line: 'n', insertafter: '^a' },
      `${abc}end\n`,
      'a=1\nb=2\na=3\nn\nend\n',
    ],
    [
      'inserts after the first match',
      { line: 'n', insertafter: '^a', firstmatch: true },
      abc,
      'a=1\nn\nb=2\na=3\n',
    ],
    ['inserts before the last match', { line: 'n', insertbefore: '^a' }, abc, 'a=1\nb=2\nn\na=3\n'],
    ['inserts at the beginning', { line: 'n', insertbefore: 'BOF' }, abc, `n\n${abc}`],
    ['appends when the place is not found', { line: 'n', insertafter: 'nope' }, abc, `${abc}n\n`],
    [
      'prefers the match to the place',
      { regexp: '^b', line: 'b=9', insertafter: '^a' },
      abc,
      'a=1\nb=9\na=3\n',
    ],
    [
      'fills in groups',
      { regexp: '^(b)=(?P<n>\\d)', line: '\\1: \\g<n>', backrefs: true },
      abc,
      'a=1\nb: 2\na=3\n',
    ],
    ['does nothing with backrefs and no match', { regexp: '^z(.)', line: '\\1', backrefs: true }, abc, abc],
    [
      'keeps references as they are without backrefs',
      { regexp: '^(b)', line: '\\1' },
      abc,
      'a=1\n\\1\na=3\n',
    ],
    ['removes every match', { regexp: '^a', state: 'absent' }, abc, 'b=2\n'],
    ['removes equal lines', { line: 'b=2', state: 'absent' }, abc, 'a=1\na=3\n'],
    ['removes lines that hold a text', { search_string: '=', state: 'absent' }, abc, ''],
    ['removes nothing', { regexp: '^z', state: 'absent' }, abc, abc],
    ['has nothing to remove from a missing file', { regexp: '^z', state: 'absent' }, undefined, undefined],
    ['makes a file', { line: 'x', create: true }, undefined, 'x\n'],
    ['ends an unfinished line before it adds one', { line: 'x' }, 'a', 'a\nx\n'],
    ['keeps the end of an unfinished line it replaces', { regexp: 'a', line: 'x' }, 'b\na', 'b\nx'],
    ['keeps a missing last newline', { regexp: 'b', line: 'x' }, 'b\na', 'x\na'],
    ['keeps CRLF', { regexp: '^b$', line: 'x' }, 'a\r\nb\r\n', 'a\r\nx\r\n'],
    ['adds with CRLF', { line: 'x' }, 'a\r\nb\r\n', 'a\r\nb\r\nx\r\n'],
    ['understands look-ahead', { regexp: '^a(?!=1)', line: 'x' }, 'a=1\na=2\n', 'a=1\nx\n'],
  ])('%s', (_title, args, before, after) => {
    expect(edited(lineinfile, { path: '/f', ...args }, before)).toBe(after)
    // Once more changes nothing.
    const again = { ...args, ...('backrefs' in args ? { backrefs: false, line: 'b: 2' } : {}) }
    if (!('backrefs' in args && args.regexp.startsWith('^z'))) {
      expect(edited(lineinfile, { path: '/f', ...again }, after)).toBe(after)
    }
  })
})

describe('refuses', () => {
  test.each([
    ['a missing file', { line: 'x' }, undefined, 'does not exist'],
    ['a bad pattern', { line: 'x', regexp: '(' }, 'a\n', 'not a regular expression'],
    ['to add without a line', {}, 'a\n', '"line" is needed'],
    ['backrefs without a pattern', { line: 'x', backrefs: true }, 'a\n', '"regexp" is needed'],
    ['two ways to say what', { line: 'x', regexp: 'a', search_string: 'b' }, 'a\n', 'exclude each other'],
    ['two places', { line: 'x', insertafter: 'a', insertbefore: 'b' }, 'a\n', 'exclude each other'],
    ['to remove what is not said', { state: 'absent' }, 'a\n', 'is needed to remove'],
  ])('%s', (_title, args, before, message) => {
    expect(() => edited(lineinfile, { path: '/f', ...args }, before)).toThrow(message)
  })
})

describe('for real', () => {
  test('edits in place, keeps mode, and is silent the second time', async () => {
    writeFileSync(at('config'), 'a=1\nü=2\n')
    chmodSync(at('config'), 0o600)
    const args = { path: at('config'), regexp: '^ü=', line: 'ü="$HOME `x` \'y\'"', backup: true }
    const check = await bench.run(lineinfile, args, { mode: 'check' })
    expect(readFileSync(at('config'), 'utf8')).toBe('a=1\nü=2\n')
    const outcome = await bench.converge(lineinfile, args)
    expect(outcome.changes).toEqual(check.changes)
    expect(readFileSync(at('config'), 'utf8')).toBe('a=1\nü="$HOME `x` \'y\'"\n')
    expect(statSync(at('config')).mode & 0o777).toBe(0o600)
    expect(outcome.result.msg).toBe('line replaced')
    expect(readFileSync(String(outcome.result.data?.['backup']), 'utf8')).toBe('a=1\nü=2\n')
  })

  test('keeps bytes that are not UTF-8', async () => {
    writeFileSync(at('latin'), Buffer.from('caf\xe9=1\nx\n', 'latin1'))
    await bench.converge(lineinfile, { path: at('latin'), regexp: '^x', line: 'größe' })
    expect(readFileSync(at('latin'))).toEqual(
      Buffer.concat([Buffer.from('caf\xe9=1\n', 'latin1'), Buffer.from('größe\n')]),
    )
  })

  test('makes the file and its folder, with the mode', async () => {
    await bench.converge(lineinfile, { path: at('new/folder/file'), line: 'x', create: true, mode: '0640' })
    expect(readFileSync(at('new/folder/file'), 'utf8')).toBe('x\n')
    expect(statSync(at('new/folder/file')).mode & 0o777).toBe(0o640)
    expect(statSync(at('new/folder')).mode & 0o777).toBe(0o755)
  })

  test('edits the file behind a link', async () => {
    writeFileSync(at('real'), 'a\n')
    symlinkSync('real', at('link'))
    await bench.converge(lineinfile, { path: at('link'), line: 'b' })
    expect(readFileSync(at('real'), 'utf8')).toBe('a\nb\n')
  })

  test('leaves the old file when the check of the new one fails', async () => {
    writeFileSync(at('checked'), 'good\n')
    const args = { path: at('checked'), line: 'bad', validate: '! grep -q bad %s' }
    await expect(bench.run(lineinfile, args)).rejects.toThrow()
    expect(readFileSync(at('checked'), 'utf8')).toBe('good\n')
    expect(readdirSync(bench.folder).filter((name) => name.includes('tsplay-'))).toEqual([])
  })

  test('sets only the mode when the text is right', async () => {
    writeFileSync(at('moded'), 'a\n')
    const outcome = await bench.converge(lineinfile, { path: at('moded'), line: 'a', mode: 'go=' })
    expect(outcome.changes).toEqual([{ field: 'mode', before: '0644', after: '0600' }])
  })

  test('refuses a folder', async () => {
    mkdirSync(at('dir'))
    await expect(bench.run(lineinfile, { path: at('dir'), line: 'x' })).rejects.toThrow('is a directory')
  })

  test('edits files too large for a frame', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} ${'ü'.repeat(50)}`)
    writeFileSync(at('large'), `${lines.join('\n')}\n`)
    await bench.converge(lineinfile, { path: at('large'), regexp: '^line 4999 ', line: 'last' })
    expect(readFileSync(at('large'), 'utf8')).toBe(`${lines.slice(0, -1).join('\n')}\nlast\n`)
  })
})

test('ten converged tasks on one file cost one flight', async () => {
  writeFileSync(at('shared'), Array.from({ length: 10 }, (_, i) => `l${i}\n`).join(''))
  await bench.session.reset()
  const before = await bench.session.flights()
  await Promise.all(
    Array.from({ length: 10 }, (_, i) => bench.run(lineinfile, { path: at('shared'), line: `l${i}` })),
  )
  expect((await bench.session.flights()) - before).toBe(1)
})
