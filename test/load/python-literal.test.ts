import { expect, test } from 'vitest'
import { LineIndex } from '#load/line-index.ts'
import { pythonLiteral } from '#load/python-literal.ts'
import { plainNode } from '../support/plain-node.ts'

const read = (text: string) => {
  const lines = new LineIndex('f.ini', text)
  const at = Array.from({ length: text.length + 1 }, (_, i) => i)
  return pythonLiteral({ text, at, range: (start, end) => lines.range(start, end) })
}

// The expected values are what Python's ast.literal_eval gives, or the text where it raises.
test.each<[string, unknown]>([
  ['1', 1],
  ['-5', -5],
  ['+5', 5],
  ['1_000', 1000],
  ['010', '010'],
  ['00', 0],
  ['0x1F', 31],
  ['0b101', 5],
  ['0o17', 15],
  ['1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['1e3', 1000],
  ['-1.5e-3', -0.0015],
  ['1e', '1e'],
  ['1+1', '1+1'],
  ['12345678901234567890', '12345678901234567890'],
  ['True', true],
  ['False', false],
  ['None', null],
  ['true', 'true'],
  ['yes', 'yes'],
  ['web-01', 'web-01'],
  ['10.0.0.1', '10.0.0.1'],
  ['"a b"', 'a b'],
  ["'it''s'", 'its'],
  ["'a' 'b'", 'ab'],
  ["'unclosed", "'unclosed"],
  ["r'\\d'", '\\d'],
  ["'\\n\\x41\\u00e9\\101\\d'", '\nA\u00e9A\\d'],
  ['[1, "a", None]', [1, 'a', null]],
  ['[1, 2,]', [1, 2]],
  ['[1 2]', '[1 2]'],
  ['[]', []],
  ['(1, 2)', [1, 2]],
  ['(1)', 1],
  ['(1,)', [1]],
  ['()', []],
  ['{}', {}],
  ["{'a': {'b': [1]}, 2: 'x'}", { a: { b: [1] }, 2: 'x' }],
  ['{1, 2}', [1, 2]],
  ['{1: 2, 3}', '{1: 2, 3}'],
  ['[a]', '[a]'],
  ['5 # five', 5],
  ['hello # there', 'hello # there'],
  ['{{ x }}', '{{ x }}'],
  ['', ''],
  ['['.repeat(60), '['.repeat(60)],
])('%s is %j', (text, value) => {
  expect(plainNode(read(text))).toEqual(value)
})

test('text inside a list knows where it stands', () => {
  const node = read("[1, 'x {{ y }}']")
  expect(node).toMatchObject({
    items: [{ range: { start: { column: 2 } } }, { offsets: [5, 6, 7, 8, 9, 10, 11, 12, 13] }],
  })
})
