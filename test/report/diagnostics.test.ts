import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { SourceRange } from '#model/source.ts'
import { diagnosticsText, diagnosticText } from '#report/diagnostics.ts'
import { createStyle } from '#report/style.ts'

const playbook = '- hosts: web\n  tasks:\n    - name: Install nginx\n      apt:\n        nam: nginx\n'

/** The range of a piece of a text, found by searching. */
function rangeOf(text: string, piece: string, file = 'site.yml'): SourceRange {
  const offset = text.indexOf(piece)
  const position = (at: number) => {
    const before = text.slice(0, at).split('\n')
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, offset: at }
  }
  return { file, start: position(offset), end: position(offset + piece.length) }
}

function shown(text: string, diagnostic: Partial<Diagnostic>, columns = 80): string {
  const style = createStyle(false)
  const full: Diagnostic = {
    code: 'unknown-argument',
    severity: 'error',
    message: 'Something is wrong.',
    ...diagnostic,
  }
  return diagnosticText(full, { sourceText: () => text, style, columns })
}

describe('diagnosticText', () => {
  it('shows place, line, caret, message and remedy', () => {
    const text = shown(playbook, {
      message: 'apt has no argument "nam". Did you mean "name"?',
      remedy: 'Run `tsplay doc apt` to see the arguments it takes.',
      range: rangeOf(playbook, 'nam:'),
    })
    expect(text).toBe(
      [
        'error[unknown-argument] site.yml:5:9',
        '  4 │       apt:',
        '  5 │         nam: nginx',
        '    │         ^^^^',
        '  apt has no argument "nam". Did you mean "name"?',
        '  Run `tsplay doc apt` to see the arguments it takes.',
      ].join('\n'),
    )
  })

  it.each([
    ['tabs', '\tkey: value', 'value', '  1 │     key: value\n    │          ^^^^^'],
    ['wide characters', '名前: 日本語 x', '日本語', '  1 │ 名前: 日本語 x\n    │       ^^^^^^'],
    ['combining characters', 'e\u0301e\u0301: bad', 'bad', '  1 │ e\u0301e\u0301: bad\n    │     ^^^'],
    ['emoji', '🚀: bad', 'bad', '  1 │ 🚀: bad\n    │     ^^^'],
    ['a place at the end of the line', 'key:', '', '  1 │ key:\n    │ ^'],
  ])('puts the caret right with %s', (_, text, piece, frame) => {
    expect(shown(text, { range: rangeOf(text, piece) })).toContain(frame)
  })

  it('underlines the first line of a range of several', () => {
    expect(shown('a: |\n  b\n  c\n', { range: rangeOf('a: |\n  b\n  c\n', '|\n  b\n  c') })).toContain(
      '  1 │ a: |\n    │    ^\n',
    )
  })

  it('keeps the gutter straight where the number of digits changes', () => {
    const text = `${'x: 1\n'.repeat(9)}bad: 2\n`
    expect(shown(text, { range: rangeOf(text, 'bad') })).toContain('   9 │ x: 1\n  10 │ bad: 2\n     │ ^^^\n')
  })

  it('shows the part of a long line that matters', () => {
    const text = `key: ${'x'.repeat(300)}HERE${'y'.repeat(300)}`
    const lines = shown(text, { range: rangeOf(text, 'HERE') }).split('\n')
    const [code = '', caret = ''] = lines.filter((line) => line.includes('│'))
    expect(code.length).toBeLessThanOrEqual(80)
    expect(code.indexOf('HERE')).toBe(caret.indexOf('^^^^'))
  })

  it('shows related places', () => {
    const text = 'tasks: 1\ntasks: 2\n'
    const second = {
      file: 'site.yml',
      start: { line: 2, column: 1, offset: 9 },
      end: { line: 2, column: 6, offset: 14 },
    }
    expect(
      shown(text, {
        code: 'duplicate-key',
        message: 'The key "tasks" is there twice.',
        range: second,
        related: [{ message: 'The first one:', range: rangeOf(text, 'tasks') }],
      }),
    ).toBe(
      [
        'error[duplicate-key] site.yml:2:1',
        '  1 │ tasks: 1',
        '  2 │ tasks: 2',
        '    │ ^^^^^',
        '  The key "tasks" is there twice.',
        '  The first one: site.yml:1:1',
        '  1 │ tasks: 1',
        '    │ ^^^^^',
      ].join('\n'),
    )
  })

  it('does without a place and without a text', () => {
    expect(shown('', { code: 'file-missing', message: 'site.yml does not exist.' })).toBe(
      'error[file-missing]\n  site.yml does not exist.',
    )
    const style = createStyle(false)
    const diagnostic: Diagnostic = {
      code: 'bad-argument',
      severity: 'warning',
      message: 'No.',
      range: rangeOf('a', 'a'),
    }
    expect(diagnosticText(diagnostic, { sourceText: () => undefined, style, columns: 80 })).toBe(
      'warning[bad-argument] site.yml:1:1\n  No.',
    )
  })
})

describe('diagnosticsText', () => {
  it('counts errors and warnings at the end', () => {
    const options = { sourceText: () => undefined, style: createStyle(false), columns: 80 }
    const one: Diagnostic = { code: 'bad-argument', severity: 'error', message: 'No.' }
    const text = diagnosticsText([one, one, { ...one, severity: 'warning' }], options)
    expect(text.endsWith('\n\n2 errors, 1 warning\n')).toBe(true)
    expect(diagnosticsText([], options)).toBe('')
  })
})
