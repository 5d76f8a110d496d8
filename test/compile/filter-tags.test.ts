import { expect, test } from 'vitest'
import { isWanted } from '#compile/filter-tags.ts'
import { programOf } from '../support/compile.ts'
import { onlyPlay, outline, stepsOf } from '../support/outline.ts'

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')

test.each<[string, string, string, boolean]>([
  // tags of the step, --tags, --skip-tags
  ['', '', '', true],
  ['a', '', '', true],
  ['a', 'a', '', true],
  ['a b', 'b c', '', true],
  ['a', 'b', '', false],
  ['', 'a', '', false],
  ['', 'untagged', '', true],
  ['a', 'untagged', '', false],
  ['a', 'tagged', '', true],
  ['', 'tagged', '', false],
  ['', 'all', '', true],
  ['always', 'a', '', true],
  ['never', '', '', false],
  ['never', 'all', '', false],
  ['never', 'tagged', '', false],
  ['never a', 'a', '', true],
  ['never a', 'never', '', true],
  ['never always', '', '', true],
  ['a', '', 'a', false],
  ['a b', 'a', 'b', false],
  ['', '', 'a', true],
  ['', '', 'untagged', false],
  ['a', '', 'tagged', false],
  ['', '', 'tagged', true],
  ['a', '', 'all', false],
  ['always', '', 'all', true],
  ['always', '', 'always', false],
  ['always', '', 'all always', false],
  ['always a', 'b', 'a', false],
])('tags "%s" with --tags "%s" --skip-tags "%s": %s', (own, tags, skipTags, expected) => {
  expect(isWanted(words(own), { tags: words(tags), skipTags: words(skipTags) })).toBe(expected)
})

test('blocks lose the steps that are left out, and go when they keep none; handlers stay', () => {
  const program = programOf(
    `- hosts: web
  tasks:
    - block: [{command: a, name: one}, {command: b, name: two, tags: x}]
      rescue: [{command: c, name: three}]
      tags: t
    - block: [{command: d, name: four}]
    - meta: end_play
  handlers:
    - {name: h, command: ls}
`,
    { tags: ['x'] },
  )
  expect(outline(stepsOf(program))).toEqual(['block:', '  two'])
  expect(onlyPlay(program).handlers).toHaveLength(1)
})
