import { expect, test } from 'vitest'
import { unquotedTemplate } from '#load/unquoted-template.ts'

test.each([
  ['a: {{ x }}', 3, 10, true],
  ['  - {{ x }}/y', 4, 11, true],
  ['a: {b: {{ x }}}', 7, 14, true],
  ['a: [1, {{ x }}]', 7, 14, true],
  ['a: {b: "{{ x }}", c: {{ y }}}', 21, 28, true],
  ["a: {b: it's, c: {{ y }}}", 16, 23, true],
  ['a: {b: x {{ y }}}', 9, 16, false],
  ['a: {{ x', 3, 7, true],
])('%j has one from %d to %d, at the start of a value: %s', (line, start, end, beginsValue) => {
  expect(unquotedTemplate(line)).toEqual({ start, end, beginsValue })
})

test.each(['a: x {{ y }}', 'a: "{{ x }}"', "a: {b: '{{ x }}'}", 'a: b # {{ x }}', 'a: {b: c}', ''])(
  '%j has none that YAML would take for a mapping',
  (line) => {
    expect(unquotedTemplate(line)).toBeUndefined()
  },
)
