import { expect, test } from 'vitest'
import { shellWords } from '#load/shell-words.ts'

// The expected words are what Python's shlex.split(line, comments=True) gives.
test.each<[string, readonly string[] | undefined]>([
  ['a b=c', ['a', 'b=c']],
  ['  a   b  ', ['a', 'b']],
  ['a="x y" b=\'p q\'', ['a=x y', 'b=p q']],
  ["a b='x y'z #d", ['a', 'b=x yz']],
  ['a=b#c d', ['a=b']],
  ['a="b#c"', ['a=b#c']],
  [String.raw`a="b\n"`, [String.raw`a=b\n`]],
  [String.raw`a="x\"y\\z"`, [String.raw`a=x"y\z`]],
  [String.raw`a='x\y'`, [String.raw`a=x\y`]],
  [String.raw`a\ b`, ['a b']],
  ['""', ['']],
  ['# all', []],
  ['', []],
  ['a="x', undefined],
  ["a='x", undefined],
])('%s', (line, words) => {
  expect(shellWords(line)?.map(({ text }) => text)).toEqual(words)
})

test('each character of a word is found where it stands', () => {
  const line = String.raw`h  a="x\"y"'z'`
  const word = shellWords(line)?.[1]
  expect(word?.at.map((offset) => line.charAt(offset)).join('')).toBe('a=x"yz')
  expect(word).toMatchObject({ start: 3, end: line.length })
})
