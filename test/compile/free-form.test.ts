import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitLine, without } from '#compile/free-form.ts'

const read = (text: string) =>
  splitLine(text).map((piece) =>
    piece.kind === 'pair'
      ? [piece.name, text.slice(piece.value.start, piece.value.end)]
      : text.slice(piece.whole.start, piece.whole.end),
  )

describe('a line is cut', () => {
  test.each<[string, readonly unknown[]]>([
    ['', []],
    ['a b', ['a', 'b']],
    [
      'a=1 b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a="1 2" b=\'x "y"\'',
      [
        ['a', '1 2'],
        ['b', 'x "y"'],
      ],
    ],
    ['a={{ x | y }} b', [['a', '{{ x | y }}'], 'b']],
    ['a={{ f "b c" }}/d', [['a', '{{ f "b c" }}/d']]],
    ['a=b=c', [['a', 'b=c']]],
    ['=a', ['=a']],
    ['a\\=b', ['a\\=b']],
    ['a="it\\"s" b', [['a', 'it\\"s'], 'b']],
    ['"a b"', ['"a b"']],
    ['a=', [['a', '']]],
    [
      'a=\n  b=2',
      [
        ['a', ''],
        ['b', '2'],
      ],
    ],
  ])('%j', (text, expected) => expect(read(text)).toEqual(expected))
})

test('pieces are in order, do not overlap, and leave out only white space', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', ' ', '"', "'", '{', '}', '\\', '\n') })
  fc.assert(
    fc.property(text, (line) => {
      let from = 0
      for (const { whole } of splitLine(line)) {
        expect(line.slice(from, whole.start).trim()).toBe('')
        expect(whole.end).toBeGreaterThan(whole.start)
        from = whole.end
      }
      expect(line.slice(from).trim()).toBe('')
    }),
  )
})

test('cutting out all pieces leaves nothing but white space', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b=1', 'c="d e"')), (parts) => {
      const line = parts.join('  ')
      const left = without(
        line,
        splitLine(line).map(({ whole }) => whole),
      )
      expect(
        left
          .map(({ start, end }) => line.slice(start, end))
          .join('')
          .trim(),
      ).toBe('')
    }),
  )
})

test('values that hold no quotes, braces or spaces come back as they were', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019-./:=,'.split('')), minLength: 1 })
  const name = fc.string({ unit: fc.constantFrom(...'abc_'.split('')), minLength: 1 })
  fc.assert(
    fc.property(fc.array(fc.tuple(name, word)), (pairs) => {
      expect(read(pairs.map(([key, value]) => `${key}=${value}`).join(' '))).toEqual(pairs)
    }),
  )
})
