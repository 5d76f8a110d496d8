import { expect, test } from 'vitest'
import { yamlDocuments } from '#load/yaml-documents.ts'

test('gives the documents of a stream, without empty ones', () => {
  expect(yamlDocuments('---\n# nothing\n---\na: 1\n---\n- x\n...\n')).toEqual([{ a: 1 }, ['x']])
  expect(yamlDocuments('')).toEqual([])
})

test('takes plain words as text, as YAML 1.2 does', () => {
  expect(yamlDocuments('a: yes\nb: true\nc: 0644\nd: "1"')).toEqual([{ a: 'yes', b: true, c: 644, d: '1' }])
})

test('names the place of an error', () => {
  expect(() => yamlDocuments('a: 1\nb: [')).toThrow(SyntaxError)
  expect(() => yamlDocuments('a: 1\nb: [')).toThrow(/line 2/)
})
