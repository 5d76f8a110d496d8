import { describe, expect, it } from 'vitest'
import { paintedDiff, unifiedDiff } from '#report/diff.ts'
import { createStyle } from '#report/style.ts'

describe('unifiedDiff', () => {
  it.each([
    [
      'a changed file',
      { before: 'a\nb\n', after: 'a\nc\n' },
      '--- before /x\n+++ after /x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n',
    ],
    ['a new file', { before: undefined, after: 'a\n' }, '--- /dev/null\n+++ after /x\n@@ -0,0 +1,1 @@\n+a\n'],
    [
      'a removed file',
      { before: 'a\n', after: undefined },
      '--- before /x\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n',
    ],
    [
      'a missing last newline',
      { before: 'a', after: 'a\n' },
      '--- before /x\n+++ after /x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n',
    ],
    [
      'binary content',
      { before: 'a\0b', after: 'a\0c!' },
      'Binary content of /x differs: 3 → 4 characters.\n',
    ],
    ['masked secrets', { before: 'pw=***\n', after: 'pw=***\n' }, '/x: only hidden values differ.\n'],
  ])('shows %s', (_, texts, expected) => {
    expect(unifiedDiff({ path: '/x', ...texts })).toBe(expected)
  })

  it('summarises very large texts', () => {
    const large = 'line\n'.repeat(300_000)
    expect(unifiedDiff({ path: '/x', before: large, after: `${large}more\n` })).toBe(
      'Large text of /x differs: 1500000 → 1500005 characters.\n',
    )
  })

  it('does not spend minutes on texts that have nothing in common', () => {
    const text = (word: string): string =>
      Array.from({ length: 20_000 }, (_, i) => `${word}${i * 7}\n`).join('')
    // Comparing them line by line would take far longer than a test may.
    expect(unifiedDiff({ path: '/x', before: text('a'), after: text('b') })).toContain('/x')
  })
})

describe('paintedDiff', () => {
  it('is the same text without colour', () => {
    expect(paintedDiff({ path: '/x', before: 'a\n', after: 'b\n' }, createStyle(false))).toBe(
      '--- before /x\n+++ after /x\n@@ -1,1 +1,1 @@\n-a\n+b',
    )
  })

  it('paints lines and lets no escape sequence of a file through', () => {
    const text = paintedDiff({ path: '/x', before: 'a\n', after: '\u001b[2Jb\n' }, createStyle(true))
    expect(text).toContain('\u001b[31m-a\u001b[39m')
    expect(text).toContain('\u001b[32m+b\u001b[39m')
    expect(text).not.toContain('\u001b[2J')
  })
})
