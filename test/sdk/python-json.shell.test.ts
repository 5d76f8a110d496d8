import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pythonJson } from '#sdk/python-json.ts'
import { anyText } from '../support/any-text.ts'

test.each([
  [{ b: 1, a: ['x', 'y'] }, '{"b": 1, "a": ["x", "y"]}'],
  [[], '[]'],
  [{}, '{}'],
  [{ name: 'Grüße', flag: true, none: null }, '{"name": "Gr\\u00fc\\u00dfe", "flag": true, "none": null}'],
  ['😀', '"\\ud83d\\ude00"'],
])('writes %j as Ansible does', (value, text) => {
  expect(pythonJson(value)).toBe(text)
})

test('writes any text and list as Python does', () => {
  const values = fc.sample(fc.array(fc.oneof(anyText(), fc.boolean(), fc.integer())), 50)
  const code = 'import json,sys; [print(json.dumps(v)) for v in json.load(sys.stdin)]'
  const lines = execFileSync('/usr/bin/python3', ['-c', code], {
    input: JSON.stringify(values),
    encoding: 'utf8',
  })
  expect(values.map(pythonJson)).toEqual(lines.trimEnd().split('\n'))
})
