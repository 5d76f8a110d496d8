import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import replace from '#modules/replace.ts'
import { openModuleBench } from '../support/module.ts'
import { edited } from '../support/text-state.ts'

const bench = openModuleBench()
afterAll(() => bench.close())

const sections = '[a]\nk=1\n[b]\nk=1\n[c]\nk=1\n'

describe('the text', () => {
  test.each([
    ['replaces every match', { regexp: 'o', replace: '0' }, 'foo\nbo\n', 'f00\nb0\n'],
    ['matches at each line', { regexp: '^(\\w+)$', replace: '# \\1' }, 'a\nb c\nd\n', '# a\nb c\n# d\n'],
    ['removes without a replacement', { regexp: '^x.*\\n' }, 'a\nxy\nb\n', 'a\nb\n'],
    ['matches over lines', { regexp: 'a\\nb', replace: 'ab' }, 'a\nb\n', 'ab\n'],
    [
      'looks behind a place',
      { regexp: 'k=1', replace: 'k=2', after: '\\[b\\]' },
      sections,
      '[a]\nk=1\n[b]\nk=2\n[c]\nk=2\n',
    ],
    [
      'looks before a place',
      { regexp: 'k=1', replace: 'k=2', before: '\\[b\\]' },
      sections,
      '[a]\nk=2\n[b]\nk=1\n[c]\nk=1\n',
    ],
    [
      'looks between places',
      { regexp: 'k=1', replace: 'k=2', after: '\\[b\\]', before: '\\[' },
      sections,
      '[a]\nk=1\n[b]\nk=2\n[c]\nk=1\n',
    ],
    ['does nothing outside', { regexp: 'k=1', replace: 'k=2', after: 'nope' }, sections, sections],
    ['keeps what does not match', { regexp: 'z', replace: 'y' }, 'a', 'a'],
    ['knows named groups', { regexp: '(?P<k>\\w)=(?P<v>\\w)', replace: '\\g<v>=\\g<k>' }, 'a=b', 'b=a'],
  ])('%s', (_title, args, before, after) => {
    expect(edited(replace, { path: '/f', ...args }, before)).toBe(after)
  })

  test.each([
    ['a missing file', { regexp: 'x' }, undefined, 'does not exist'],
    ['a bad pattern', { regexp: '[' }, 'a', 'not a regular expression'],
    ['an unknown group', { regexp: 'a', replace: '\\3' }, 'a', 'no group 3'],
  ])('refuses %s', (_title, args, before, message) => {
    expect(() => edited(replace, { path: '/f', ...args }, before)).toThrow(message)
  })
})

test('tells how many it replaced, and is silent the second time', async () => {
  const path = join(bench.folder, 'f')
  writeFileSync(path, 'one two one\n')
  const outcome = await bench.converge(replace, { path, regexp: '\\bone\\b', replace: '1' })
  expect(outcome.result.msg).toBe('2 replacements made')
  expect(readFileSync(path, 'utf8')).toBe('1 two 1\n')
})
