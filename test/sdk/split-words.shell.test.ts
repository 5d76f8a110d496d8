import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandWords } from '#sdk/split-words.ts'

const environment = { PATH: process.env['PATH'] ?? '', HOME: '/home/of user', WORD: 'two words', STAR: '*' }

/** What a program is given when a real shell runs each of these texts after it. */
function wordsOf(texts: readonly string[]): readonly (readonly string[])[] {
  const script = texts.map((text) => `show ${text}\nprintf '\\036'\n`).join('')
  const show = `show() { for word do printf '%s\\037' "$word"; done; }\n`
  const said = execFileSync('/bin/sh', ['-f', '-c', show + script], { encoding: 'utf8', env: environment })
  return said
    .split('\x1e')
    .slice(0, -1)
    .map((line) => line.split('\x1f').slice(0, -1))
}

const wordsBy = (line: string): readonly string[] => wordsOf([commandWords(line)])[0] ?? []

test.each([
  ['one two', ['one', 'two']],
  ['  spaces\t around\n', ['spaces', 'around']],
  [`'single  quoted' "double  quoted"`, ['single  quoted', 'double  quoted']],
  [`a'b'"c"d`, ['abcd']],
  [`'' "" x`, ['', '', 'x']],
  [`it\\'s a\\ b`, [`it's`, 'a b']],
  [`"a\\"b\\\\c\\d"`, ['a"b\\c\\d']],
  ['a|b ;c &d >e (f) *.txt `g` #h !i', ['a|b', ';c', '&d', '>e', '(f)', '*.txt', '`g`', '#h', '!i']],
  ['$WORD "${WORD}" \'$WORD\' x$WORD', ['two words', 'two words', '$WORD', 'xtwo words']],
  ['$STAR $', ['*', '$']],
  ['~/bin ~x a~/b', ['/home/of user/bin', '~x', 'a~/b']],
  ['', []],
])('splits %j as a shell does, without running anything', (line, words) => {
  expect(wordsBy(line)).toEqual(words)
})

test.each([`'open`, `"open`, `a "b c`, 'end\\'])('refuses %j, which is not closed', (line) => {
  expect(() => commandWords(line)).toThrow(RangeError)
})

/** Quotes, spaces and backslashes in any order, and nothing that a shell would expand or run. */
const quoted = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9 ,./=+@%_-]{0,6}$/).map((text) => `'${text}"\\'`),
  fc.stringMatching(/^[a-zA-Z0-9 ,./=+@%_'-]{0,6}$/).map((text) => `"${text}\\""`),
  fc.stringMatching(/^[a-zA-Z0-9,./=+@%_-]{1,6}$/),
  fc.constantFrom(' ', '  ', '\t', '\\ ', "\\'", '\\"', '\\\\', '\\a', '""', "''", '"\\a"', '"\\\\"'),
)

test('gives the words that a shell gives, for any line without expansions', () => {
  const lines = fc.sample(
    fc.array(quoted, { maxLength: 12 }).map((parts) => parts.join('')),
    500,
  )
  expect(wordsOf(lines.map(commandWords))).toEqual(wordsOf(lines))
})
