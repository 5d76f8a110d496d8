import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, padEnd, padStart, printable, truncate } from '#base/display-width.ts'

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['web1', 4],
    ['größe', 5],
    ['e\u0301', 1],
    ['日本', 4],
    ['✔ ok', 4],
    ['🚀', 2],
    ['👩‍👩‍👧', 2],
    ['\u001b[31mred\u001b[39m', 3],
    ['\u001b]8;;https://x\u001b\\link\u001b]8;;\u001b\\', 4],
  ])('counts the columns of %j as %d', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})

describe('truncate', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    ['日本語', 4, '日…'],
    ['anything', 0, ''],
  ])('cuts %j to %d columns', (text, columns, cut) => {
    expect(truncate(text, columns)).toBe(cut)
  })

  it('ends styles that it cuts through', () => {
    expect(truncate('\u001b[31mred text\u001b[39m', 4)).toBe('\u001b[31mred…\u001b[0m')
  })

  it('never gives more columns than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, columns) => {
        expect(displayWidth(truncate(text, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

describe('padding', () => {
  it('fills by columns, not by characters', () => {
    expect(padEnd('日本', 6)).toBe('日本  ')
    expect(padStart('日本', 6)).toBe('  日本')
    expect(padEnd('longer', 3)).toBe('longer')
  })
})

describe('printable', () => {
  it.each([
    ['\u001b[2J\u001b[31mred\u001b[0m', 'red'],
    ['a\r\nb\r\n', 'a\nb\n'],
    ['10%\r50%\r100%\ndone', '100%\ndone'],
    ['bell\u0007 null\u0000 tab\t', 'bell null tab\t'],
  ])('makes %j harmless', (text, harmless) => {
    expect(printable(text)).toBe(harmless)
  })
})
