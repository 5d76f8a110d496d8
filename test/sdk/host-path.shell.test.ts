import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseName, folderOf, joinPath, pathWord } from '#sdk/host-path.ts'
import { anyText } from '../support/any-text.ts'

const printed = (word: string): string =>
  execFileSync('sh', ['-c', `printf %s ${word}`], {
    encoding: 'utf8',
    env: { HOME: '/home/me', PATH: '/bin' },
  })

describe('pathWord', () => {
  test.each([
    ['~', '/home/me'],
    ['~/', '/home/me'],
    ['~/a b', '/home/me/a b'],
    ['~root/x', '/root/x'],
    ['-n', './-n'],
    ['/a/~b', '/a/~b'],
    ["it's $HOME `x`", "it's $HOME `x`"],
    ['~no such/x', '~no such/x'],
  ])('%s is %s to a shell', (path, expected) => {
    expect(printed(pathWord(path).text)).toBe(expected)
  })

  test('keeps every other path as it is', () => {
    const path = anyText(1).filter((text) => !/\0|^[-~]|[\ud800-\udfff]/.test(text))
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 20 }), (paths) => {
        const words = paths.map((one) => pathWord(one).text).join(' ')
        const output = execFileSync('sh', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' })
        expect(output.split('\0').slice(0, -1)).toEqual(paths)
      }),
      { numRuns: 15 },
    )
  })

  test('refuses NUL', () => {
    expect(() => pathWord('a\0b')).toThrow(/NUL/)
  })
})

test.each([
  ['/a/b', 'b', '/a'],
  ['/a/b//', 'b', '/a'],
  ['b', 'b', '.'],
  ['/b', 'b', '/'],
])('%s is %s in %s', (path, name, folder) => {
  expect([baseName(path), folderOf(path)]).toEqual([name, folder])
})

test('joins with one slash', () => {
  expect([joinPath('/a', 'b'), joinPath('/a/', 'b'), joinPath('/', 'b')]).toEqual(['/a/b', '/a/b', '/b'])
})
