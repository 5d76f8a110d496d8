import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { plainEngine } from '#base/regex-plain.ts'

const atoms = ['a', 'b', 'B', '0', '_', ' ', '=', '#', '\\.', '\\[', '\\-', '\\\\', '\\s', '/', '"']
const texts = [
  'a',
  'b',
  'B',
  '0',
  '_',
  ' ',
  '=',
  '#',
  '.',
  '[',
  '-',
  '\\',
  '\n',
  '\t',
  '\u00a0',
  '\u{1F600}',
  '/',
  '"',
]

describe('a pattern that is hardly more than text', () => {
  it('finds what RE2 finds, from wherever it looks', () => {
    const atom = fc
      .tuple(fc.constantFrom(...atoms), fc.constantFrom('', '', '', '?', '*', '+'))
      .map((two) => two.join(''))
    const pattern = fc.tuple(fc.constantFrom('', '^'), fc.array(atom, { minLength: 1, maxLength: 5 }))
    const text = fc.array(fc.constantFrom(...texts), { maxLength: 12 }).map((some) => some.join(''))
    let plain = 0
    fc.assert(
      fc.property(pattern, text, fc.nat(13), ([anchor, some], subject, from) => {
        const written = anchor + some.join('')
        const engine = plainEngine(written, {})
        if (!engine) return
        plain += 1
        const matcher = RE2JS.compile(written).matcher(subject)
        const found = from <= subject.length && matcher.find(from)
        const expected = found ? { index: matcher.start(), text: matcher.group() } : undefined
        const actual = engine(subject, from)
        expect(actual && { index: actual.index, text: actual.text }).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
    expect(plain).toBeGreaterThan(500)
  })

  it.each([
    'a.',
    '(a)',
    'a|b',
    '[a]',
    'a$',
    'a{2}',
    '\\w',
    '\\bx',
    'a*?',
    'é',
    'a*',
    '^a*b*',
    'a?b?c?d?',
    '\\Z',
    'a^',
    '\\',
  ])('is not what %s is', (pattern) => {
    expect(plainEngine(pattern, {})).toBeUndefined()
  })

  it.each([{ ignoreCase: true }, { multiline: true }])('knows nothing of %o', (options) => {
    expect(plainEngine('^a', options)).toBeUndefined()
  })

  it.each(['^PermitRootLogin\\s', '^#?\\s*Port ', 'key_001=', '^/dev/sd'])('is %s', (pattern) => {
    expect(plainEngine(pattern, {})).toBeDefined()
  })
})
