import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import iniFile from '#modules/ini-file.ts'
import { openModuleBench } from '../support/module.ts'
import { edited } from '../support/text-state.ts'

const bench = openModuleBench()
afterAll(() => bench.close())

const text = 'top=1\n[a]\nx = 1\n; y = 2\n\n# about b\n[b]\nx = 1\nx = 2\n'

describe('the text', () => {
  test.each([
    ['changes an option', { section: 'a', option: 'x', value: '9' }, text, text.replace('x = 1', 'x = 9')],
    ['leaves a right one alone', { section: 'a', option: 'x', value: '1' }, text, text],
    [
      'adds an option behind the last one of the section',
      { section: 'a', option: 'z', value: '3' },
      text,
      text.replace('x = 1\n', 'x = 1\nz = 3\n'),
    ],
    [
      'uses a commented line',
      { section: 'a', option: 'y', value: '3' },
      text,
      text.replace('; y = 2', 'y = 3'),
    ],
    [
      'leaves comments alone when told',
      { section: 'a', option: 'y', value: '3', modify_inactive_option: false },
      text,
      text.replace('x = 1\n', 'x = 1\ny = 3\n'),
    ],
    ['adds a section at the end', { section: 'c', option: 'x', value: '1' }, text, `${text}[c]\nx = 1\n`],
    ['adds an empty section', { section: 'c' }, text, `${text}[c]\n`],
    [
      'writes before the first section',
      { option: 'top', value: '2', no_extra_spaces: true },
      text,
      text.replace('top=1', 'top=2'),
    ],
    ['respaces unless told otherwise', { option: 'top', value: '1' }, text, text.replace('top=1', 'top = 1')],
    ['ignores spaces when told', { option: 'top', value: '1', ignore_spaces: true }, text, text],
    [
      'leaves one of several',
      { section: 'b', option: 'x', value: '2' },
      text,
      text.replace('[b]\nx = 1\nx = 2\n', '[b]\nx = 2\n'),
    ],
    [
      'sets several values',
      { section: 'b', option: 'x', values: ['2', '3'] },
      text,
      text.replace('[b]\nx = 1\nx = 2\n', '[b]\nx = 3\nx = 2\n'),
    ],
    [
      'adds to several values',
      { section: 'b', option: 'x', values: ['3'], exclusive: false },
      text,
      `${text}x = 3\n`,
    ],
    [
      'removes an option',
      { section: 'b', option: 'x', state: 'absent' },
      text,
      text.replace('[b]\nx = 1\nx = 2\n', '[b]\n'),
    ],
    [
      'removes one value',
      { section: 'b', option: 'x', value: '1', state: 'absent', exclusive: false },
      text,
      text.replace('[b]\nx = 1\n', '[b]\n'),
    ],
    ['removes a section', { section: 'a', state: 'absent' }, text, 'top=1\n[b]\nx = 1\nx = 2\n'],
    ['has nothing to remove', { section: 'z', option: 'x', state: 'absent' }, text, text],
    [
      'writes options without values',
      { section: 'a', option: 'flag', allow_no_value: true },
      '[a]\n',
      '[a]\nflag\n',
    ],
    ['makes a file', { section: 'a', option: 'x', value: '1' }, undefined, '[a]\nx = 1\n'],
    ['has nothing to remove from no file', { section: 'a', state: 'absent' }, undefined, undefined],
    ['keeps CRLF', { section: 'a', option: 'x', value: '2' }, '[a]\r\nx = 1\r\n', '[a]\r\nx = 2\r\n'],
    [
      'ends an unfinished file',
      { section: 'a', option: 'y', value: '2' },
      '[a]\nx = 1',
      '[a]\nx = 1\ny = 2\n',
    ],
  ])('%s', (_title, args, before, after) => {
    expect(edited(iniFile, { path: '/f', ...args }, before)).toBe(after)
    expect(edited(iniFile, { path: '/f', ...args }, after)).toBe(after)
  })

  test.each([
    ['an option without a value', { section: 'a', option: 'x' }, 'needs a value'],
    ['value and values', { section: 'a', option: 'x', value: '1', values: ['2'] }, 'exclude each other'],
    ['nothing to do', {}, 'is needed'],
    ['a missing file', { section: 'a', create: false }, 'does not exist'],
  ])('refuses %s', (_title, args, message) => {
    expect(() => edited(iniFile, { path: '/f', ...args }, undefined)).toThrow(message)
  })
})

test('writes for real', async () => {
  const path = join(bench.folder, 'app.ini')
  await bench.converge(iniFile, { path, section: 'sé', option: 'k', value: 'v "q"', mode: '0600' })
  await bench.converge(iniFile, { path, section: 'sé', option: 'l', value: '$HOME' })
  expect(readFileSync(path, 'utf8')).toBe('[sé]\nk = v "q"\nl = $HOME\n')
})
