import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { yamlCodec } from '#load/yaml-codec.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import { anyText } from '../support/any-text.ts'
import { plainNode } from '../support/plain-node.ts'

const read = (text: string) => parseYaml(text, 'f.yml')
const plain = (text: string) => {
  const { root, diagnostics } = read(text)
  expect(diagnostics).toEqual([])
  return plainNode(root)
}
const at = ({ code, range }: Diagnostic) => `${code} ${range?.start.line}:${range?.start.column}`

describe('values', () => {
  test.each<[string, unknown]>([
    ['a: 1', { a: 1 }],
    ['a: 0x1F', { a: 31 }],
    ['a: 0o644', { a: 420 }],
    ['a: 0644', { a: '0644' }],
    ['a: 007', { a: '007' }],
    ['a: 0', { a: 0 }],
    ['a: 1.50', { a: 1.5 }],
    ['a: 1e3', { a: 1000 }],
    ['a: .inf', { a: Number.POSITIVE_INFINITY }],
    ['a: 9007199254740993', { a: '9007199254740993' }],
    ['a: true', { a: true }],
    ['a: yes', { a: 'yes' }],
    ['a: ~', { a: null }],
    ['a:', { a: null }],
    ['a: ""', { a: '' }],
    ['a: "1"', { a: '1' }],
    ['a: 12:30', { a: '12:30' }],
    ['a: 2024-01-02', { a: '2024-01-02' }],
    ['a: !!str 1', { a: '1' }],
    ['a: !!int "7"', { a: 7 }],
    ['a: !!float 010', { a: 10 }],
    ['1: x\ntrue: y\n~: z\n0640: m', { 1: 'x', true: 'y', null: 'z', '0640': 'm' }],
    ['- a\n- - b\n  - c', ['a', ['b', 'c']]],
    ['{a: [1, {b: 2}], c}', { a: [1, { b: 2 }], c: null }],
    ['{"json": [1, 2.5, null, "x\\n"]}', { json: [1, 2.5, null, 'x\n'] }],
    ['a: |\n  x\n   y\n\nb: >-\n  x\n  y\n', { a: 'x\n y\n', b: 'x y' }],
    ['\u00fc: "\u{1f600} \\U0001F600"', { '\u00fc': '\u{1f600} \u{1f600}' }],
    ['', undefined],
    ['# nothing\n', undefined],
    ['---\n', undefined],
  ])('%j means %j', (text, value) => {
    expect(plain(text)).toEqual(value)
  })

  test('a byte order mark and CRLF line ends change nothing', () => {
    expect(plain('\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\nc: "1\r\n  2"\r\n')).toEqual({
      a: 1,
      b: 'x\ny\n',
      c: '1 2',
    })
  })

  test('a key called __proto__ is a key like any other', () => {
    expect(read('__proto__: {x: 1}').root).toMatchObject({ entries: [{ key: '__proto__' }] })
    expect(Object.keys(yamlCodec.parse('__proto__: 1') as object)).toEqual(['__proto__'])
  })
})

describe('anchors', () => {
  test('aliases stand for their anchors', () => {
    expect(plain('a: &x [1]\nb: *x\nc: &x 2\nd: *x')).toEqual({ a: [1], b: [1], c: 2, d: 2 })
  })

  test('merged keys are weaker than own ones and earlier mappings stronger than later ones', () => {
    expect(plain('p: &p {a: 1, b: 1}\nq: &q {b: 2, c: 2}\nr:\n  c: 3\n  <<: [*p, *q]')).toMatchObject({
      r: { a: 1, b: 1, c: 3 },
    })
  })

  test('a merged value keeps the place where it was written', () => {
    const root = read('p: &p\n  a: 1\nr:\n  <<: *p\n').root
    const merged = entry(entry(root, 'r'), 'a')
    expect(merged.range.start).toEqual({ line: 2, column: 6, offset: 11 })
  })

  test.each([
    ['a: *nope', 'yaml-syntax 1:4'],
    ['a: &x [*x]', 'yaml-syntax 1:8'],
    ['a: 1\nb:\n  <<: 3', 'wrong-shape 3:3'],
  ])('%j is refused', (text, place) => {
    expect(read(text).diagnostics.map(at)).toEqual([place])
  })

  test('a hundred expansions are read and one more is refused once', () => {
    const list = (count: number) => `a: &a 1\nb: [${Array(count).fill('*a').join(', ')}]`
    expect(read(list(100)).diagnostics).toEqual([])
    expect(read(list(105)).diagnostics.map(at)).toEqual(['yaml-limit 2:405'])
  })

  test('aliases inside aliases count each time, so that a few lines cannot stand for millions', () => {
    const names = 'abcdefghij'
    const lines = [...names].map((name, i) => {
      const below = i === 0 ? '1' : `*${names[i - 1]}`
      return `${name}: &${name} [${Array(10).fill(below).join(', ')}]`
    })
    expect(read(lines.join('\n')).diagnostics.map(({ code }) => code)).toEqual(['yaml-limit'])
  })
})

describe('tags', () => {
  test('!expr, !vault and !unsafe are kept with their text', () => {
    const root = read(
      'a: !expr n + 1\nb: !vault |\n  $V\n  33\nc: !unsafe "{{ x }}"\nd: !unsafe [5, {k: v}]',
    ).root
    expect(entry(root, 'a')).toMatchObject({ tag: 'expr', value: 'n + 1' })
    expect(entry(root, 'b')).toMatchObject({ tag: 'vault', value: '$V\n33\n' })
    expect(entry(root, 'c')).toMatchObject({ tag: 'unsafe', value: '{{ x }}' })
    expect(entry(root, 'd')).toMatchObject({
      items: [{ tag: 'unsafe', value: '5' }, { entries: [{ value: { tag: 'unsafe', value: 'v' } }] }],
    })
  })

  test.each(['a: !foo 1', 'a: !!binary aGk=', 'a: !expr [1]', 'a: !!int x'])('%j is refused', (text) => {
    expect(read(text).diagnostics).toMatchObject([{ code: 'yaml-syntax', severity: 'error' }])
  })
})

describe('errors', () => {
  test.each([
    ['a: 1\n\tb: 2\n', ['yaml-tab 2:1']],
    ['- a: all\n\tb: []\n', ['yaml-tab 2:2']],
    ['a: 1\na: 2\nb: 3\nb: 4\n', ['duplicate-key 2:1', 'duplicate-key 4:1']],
    ['1: x\n"1": y\n', ['duplicate-key 2:1']],
    ['a:\n  - 1\n - 2\n', ['yaml-syntax 3:1']],
    ['a: 1\n---\nb: 2\n', ['yaml-syntax 2:1']],
    ['- name: foo: bar\n', ['yaml-syntax 1:9']],
    ['a: @x\n', ['yaml-syntax 1:4']],
    ['a: "\\d"\n', ['yaml-syntax 1:5']],
    ['a: {{ x }}\n', ['yaml-syntax 1:4']],
    ['a: {{ x }}/y\n', ['yaml-syntax 1:4']],
    ['a: "x\nb: 2\n', ['yaml-syntax 1:4']],
    ['? [x]\n: 1\n', ['yaml-syntax 1:3']],
  ])('%j has errors at %j', (text, places) => {
    expect(read(text).diagnostics.map(at)).toEqual(places)
  })

  test('a duplicate names the first of the two', () => {
    expect(read('a: 1\nb: 2\na: 3\n').diagnostics[0]?.related?.[0]?.range.start.line).toBe(1)
  })

  test('all errors of a file are shown, each with a remedy', () => {
    const { diagnostics } = read('a: "\\d"\nb: "\\e\\q"\nc: @x\n')
    expect(diagnostics.map(at)).toEqual(['yaml-syntax 1:5', 'yaml-syntax 2:7', 'yaml-syntax 3:4'])
    expect(diagnostics.every(({ remedy }) => remedy)).toBe(true)
  })

  test.each([
    // The first error of brackets that are never closed; all below it follows from it.
    ['- a: {msg: x {{ y }} z}\n- b: 1\n- c: {d: e}\n', ['yaml-syntax 1:14']],
    ['- a: {b: {{ x }}-y}\n- c: [1, 2]\n- d: @x\n', ['yaml-syntax 1:10', 'yaml-syntax 3:6']],
    ['- a: {\n    b: {{ x }}-y,\n    c: [1, 2],\n  }\n- d: 1\n', ['yaml-syntax 2:8']],
    ["- a: {b: 'it's'}\n- c:\n    d: 'it's'\n  e: 1\n", ['yaml-syntax 1:14', 'yaml-syntax 3:12']],
    ['a:\n  - b\n c: d\n- e\n', ['yaml-syntax 3:1']],
    ['a: 1\n\tb: 2\n\tc: 3\n', ['yaml-tab 2:1']],
    ['a: "x\nb: 2\nc: "y"\nd: 3\n', ['yaml-syntax 1:4']],
  ])('of %j only those are shown that are no consequences of others', (text, places) => {
    expect(read(text).diagnostics.map(at)).toEqual(places)
  })

  test.each(['{msg: {{ x }}, b: c}', '[{{ x }}]', '{{ x }}'])(
    '%j is read on as the text that was meant',
    (text) => {
      const { root, diagnostics } = read(`a: ${text}\n`)
      expect(diagnostics).toMatchObject([{ message: 'A value that starts with "{{" must be quoted.' }])
      expect(JSON.stringify(plainNode(root))).toContain('"{{ x }}"')
    },
  )

  test('an unquoted template is told apart from other mistakes', () => {
    expect(read('a: {{ x }}').diagnostics[0]?.message).toContain('must be quoted')
  })

  test.each([
    [101, 'yaml-limit'],
    [4000, 'yaml-limit'],
  ])('%d levels are too deep', (levels, code) => {
    expect(read('['.repeat(levels) + ']'.repeat(levels)).diagnostics).toMatchObject([{ code }])
  })

  test('a hundred levels are not too deep', () => {
    expect(read('['.repeat(100) + ']'.repeat(100)).diagnostics).toEqual([])
  })

  test('more than 10 MB is refused', () => {
    expect(read(`a: ${'x'.repeat(10 * 1024 * 1024)}`).diagnostics).toMatchObject([{ code: 'yaml-limit' }])
  })

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{{',
      '}}',
      '[',
      ']',
      '"',
      "'",
      '&a ',
      '*a',
      '|',
      '!',
      '#',
      '\t',
      '<<',
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void read(pieces.join(''))))
  })
})

describe('places', () => {
  test('a scalar covers its text and a quoted one its quotes', () => {
    const root = read('a: plain\nb: "two"\nc: [x]\n').root
    expect(entry(root, 'a').range).toEqual(span([1, 4, 3], [1, 9, 8]))
    expect(entry(root, 'b').range).toEqual(span([2, 4, 12], [2, 9, 17]))
    expect(entry(root, 'b')).toMatchObject({ raw: 'two', style: 'double' })
    expect(entry(root, 'c').range).toEqual(span([3, 4, 21], [3, 7, 24]))
  })

  test('keys have their own place, also numbers', () => {
    const { root } = read('10: x\n"a b": y\n')
    expect(root).toMatchObject({
      entries: [
        { key: '10', keyRange: span([1, 1, 0], [1, 3, 2]) },
        { key: 'a b', keyRange: span([2, 1, 6], [2, 6, 11]) },
      ],
    })
  })

  test.each([
    'k: |\n  if {{ a }}\n    x {{ b }}\n',
    'k: >-\n  folded {{ a }}\n  text\n\n  {{ b }}\n',
    'k: >\r\n  folded {{ a }}\r\n  text\r\n',
    'k: "a \\"b\\" \\u00e9 {{ c }} \\U0001F600 d"',
    'k: "a \\\n   b\n   c {{ d }}"',
    "k: 'it''s {{ x }}'",
    'k: plain\n  text {{ x }}\n  more\n',
    'k: |2\n    keep {{ x }}\n',
  ])('characters of %j are found where they stand', (text) => {
    const scalar = entry(read(text).root, 'k')
    expectOffsets(scalar, text)
  })

  test('characters of any block are found where they stand', () => {
    const line = fc.stringMatching(/^[a-z{}"'#: \u00e9]{0,12}$/)
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('|', '>', '|-', '>+'),
        (lines, header) => {
          const text = `k: ${header}\n  first\n${lines.map((each) => `  ${each}\n`).join('')}`
          const { root, diagnostics } = parseYaml(text, 'f.yml')
          if (diagnostics.length === 0) expectOffsets(entry(root, 'k'), text)
        },
      ),
    )
  })
})

describe('the codec', () => {
  test('writes blocks with lists unindented and quotes what other readers would mistake', () => {
    const value = { b: 'yes', a: [1, { x: 1, y: 'a\nb\n' }], n: '0644', e: [], m: {}, z: null }
    expect(yamlCodec.stringify(value, { sortKeys: true })).toBe(
      "a:\n- 1\n- x: 1\n  'y': |\n    a\n    b\nb: 'yes'\ne: []\nm: {}\n'n': '0644'\nz: null\n",
    )
  })

  test('reads back what it wrote', () => {
    const leaf = fc.oneof(
      anyText(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
    }))
    fc.assert(
      fc.property(tree, fc.boolean(), (value, flow) => {
        expect(yamlCodec.parse(yamlCodec.stringify(value, { flow }))).toEqual(
          JSON.parse(JSON.stringify(value)),
        )
      }),
      { numRuns: 20 },
    )
  })

  test('says where text is wrong', () => {
    expect(() => yamlCodec.parse('a: 1\na: 2')).toThrow('Line 2, column 1')
  })
})

function entry(node: Node | undefined, key: string): ScalarNode {
  const found = node?.kind === 'map' ? node.entries.find((each) => each.key === key)?.value : undefined
  if (!found) throw new Error(`no ${key}`)
  return found as ScalarNode
}

function span(start: [number, number, number], end: [number, number, number]) {
  const place = ([line, column, offset]: [number, number, number]) => ({ line, column, offset })
  return { file: 'f.yml', start: place(start), end: place(end) }
}

/** Letters and braces of the value must be the same characters of the text. */
function expectOffsets(scalar: ScalarNode, text: string): void {
  const value = String(scalar.value)
  const start = scalar.range.start.offset + (scalar.style === 'single' || scalar.style === 'double' ? 1 : 0)
  const offsets = scalar.offsets ?? Array.from({ length: value.length }, (_, i) => start + i)
  expect(offsets).toHaveLength(value.length)
  for (let i = 0; i < value.length; i++) {
    if (/[a-z{}:#]/.test(value.charAt(i))) expect(text.charAt(offsets[i] ?? -1)).toBe(value.charAt(i))
  }
}
