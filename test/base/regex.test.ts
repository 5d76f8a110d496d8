import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { compileRegex, type RegexOptions } from '#base/regex.ts'
import { backtrackingEngine } from '#base/regex-backtracking.ts'

describe('patterns', () => {
  test.each<[string, string, boolean, RegexOptions?]>([
    ['^web[0-9]+$', 'web01', true],
    ['a.c', 'a\nc', false],
    ['a.c', 'a\nc', true, { dotAll: true }],
    ['^b$', 'a\nb', false],
    ['^b$', 'a\nb', true, { multiline: true }],
    ['ABC', 'abc', true, { ignoreCase: true }],
    ['(?i)ABC', 'abc', true],
    ['\\Ab', 'ab', false],
    ['b\\Z', 'ab', true],
    ['(?P<x>a)', 'a', true],
    ['\\-\\_\\/', '-_/', true],
    ['foo(?=bar)', 'foobar', true, { fallback: true }],
    ['(?<!x)foo', 'xfoo', false, { fallback: true }],
    ['(\\w)\\1', 'abb', true, { fallback: true }],
    ['(?P<q>["\']).*(?P=q)', '"a"', true, { fallback: true }],
    ['(?i)\\AFOO(?!bar)\\Z', 'foo', true, { fallback: true }],
    ['[(?=]', '=', true],
    ['\\d{2,3}', 'a12', true],
  ])('%s in %j', (pattern, text, found, options) =>
    expect(compileRegex(pattern, options).test(text)).toBe(found),
  )

  it('gives matches with groups and places', () => {
    const regex = compileRegex('(?P<key>\\w+)=(\\d+)?')
    expect(regex.exec('é 😀 a=1 b=')).toEqual({
      index: 5,
      text: 'a=1',
      groups: ['a', '1'],
      named: { key: 'a' },
    })
    expect(regex.exec('a=1 b=', 2)).toEqual({
      index: 4,
      text: 'b=',
      groups: ['b', undefined],
      named: { key: 'b' },
    })
    expect(regex.all('a=1 b=').map(({ text }) => text)).toEqual(['a=1', 'b='])
  })
})

describe('replacements', () => {
  test.each<[string, string, string, string]>([
    ['(\\w+)=(\\w+)', 'a=b', '\\2=\\1', 'b=a'],
    ['(?P<k>\\w+)=', 'a=b', '\\g<k>: ', 'a: b'],
    ['(\\w)', 'ab', '\\g<1>0', 'a0b0'],
    ['x', 'axb', '\\n\\t\\\\', 'a\n\t\\b'],
    ['x', 'axb', '$1$&', 'a$1$&b'],
    ['x', 'axb', '[\\g<0>]', 'a[x]b'],
    ['(y)?x', 'ax', '<\\1>', 'a<>'],
    ['a*', 'baac', '-', '-b--c-'],
    ['', '😀', '-', '-😀-'],
  ])('%s in %s by %s', (pattern, text, by, result) =>
    expect(compileRegex(pattern).replaceAll(text, by)).toBe(result),
  )

  it('stop at a limit', () => {
    expect(compileRegex('a').replaceAll('aaa', 'b', 2)).toBe('bba')
    expect(compileRegex('a').replaceAll('aaa', 'b', 0)).toBe('bbb')
  })

  it('refuse groups that do not exist', () => {
    expect(() => compileRegex('a').replaceAll('a', '\\1')).toThrow('The pattern has no group 1.')
    expect(() => compileRegex('a').replaceAll('a', '\\g<x>')).toThrow('The pattern has no group named "x".')
  })
})

describe('time', () => {
  it('is linear without look-around', () => {
    // Backtracking would need 2^5000 steps.
    expect(compileRegex('^(a+)+$').test(`${'a'.repeat(5000)}b`)).toBe(false)
  })

  it('is limited with it', () => {
    const source = '^(a+)+$(?!x)'
    const find = backtrackingEngine({ source, flags: '', written: source }, 50)
    expect(() => find(`${'a'.repeat(60)}b`, 0)).toThrow(`"${source}" took longer than 0.05 s`)
  })
})

it('explains what it refuses', () => {
  expect(() => compileRegex('a(')).toThrow(
    'The pattern "a(" is not a regular expression: missing closing ): `a(`.',
  )
  expect(() => compileRegex('(?=a')).toThrow('look-around')
  expect(() => compileRegex('(?=a', { fallback: true })).toThrow('is not a regular expression')
})

it('agrees with JavaScript on what both know', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '(a|b)', '(?:ab)')
  const repeated = fc
    .tuple(atom, fc.constantFrom('', '*', '+', '?', '*?', '{1,2}'))
    .map((parts) => parts.join(''))
  const pattern = fc.array(repeated, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n') }), (source, text) => {
      expect(compileRegex(source).replaceAll(text, '<\\g<0>>')).toBe(
        text.replace(new RegExp(source, 'g'), '<$&>'),
      )
    }),
    { numRuns: 500 },
  )
})
