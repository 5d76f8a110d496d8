import { expect, test } from 'vitest'
import { jsonPath } from '#doubles/kubectl/json-path.ts'

const value = {
  kind: 'List',
  items: [
    { name: 'a', labels: { 'x.io/y': '1' }, on: [{ type: 'Ready', status: 'True' }] },
    { name: 'b', on: [{ type: 'Ready', status: 'False' }] },
  ],
}

test.each([
  ['{.kind}', 'List'],
  ['.kind', 'List'],
  ['{.items[0].name} and {.items[-1].name}', 'a and b'],
  ['{.items[*].name}', 'a b'],
  ['{.items[0].labels.x\\.io/y}', '1'],
  ["{.items[0].labels['x.io/y']}", '1'],
  ['{.items[0].labels}', '{"x.io/y":"1"}'],
  ['{.items[?(@.name=="b")].on[0].status}', 'False'],
  ['{range .items[*]}{.name}{"\\t"}{.on[?(@.type=="Ready")].status}{"\\n"}{end}', 'a\tTrue\nb\tFalse\n'],
  ['{.nothing.here}', ''],
])('%s is %j', (template, text) => {
  expect(jsonPath(template, value)).toBe(text)
})

test('a template that cannot be read is refused', () => {
  expect(() => jsonPath('{.items[}', value)).toThrow('error parsing jsonpath')
})
