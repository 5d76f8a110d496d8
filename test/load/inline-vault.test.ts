import { expect, test } from 'vitest'
import { inlineVaults, replaceInlineVaults } from '#load/inline-vault.ts'
import { parseYaml } from '#load/yaml-source.ts'

const source = `# a comment
plain: 1
first: !vault |
    AAA
    BBB
nested:
  - second: !vault "CCC" # kept
  - third: !vault |-
      DDD

last: x
`

test('finds the encrypted values, without their indentation', () => {
  expect(inlineVaults(source, 'f.yml').map(({ text, place }) => [place, text])).toEqual([
    ['f.yml:3', 'AAA\nBBB'],
    ['f.yml:7', 'CCC'],
    ['f.yml:8', 'DDD'],
  ])
})

test('exchanges them and leaves the rest as it is', () => {
  const changed = replaceInlineVaults(source, inlineVaults(source, 'f.yml'), ['1\n2\n', '3\n', '4\n'])
  expect(changed).toContain('# a comment\nplain: 1\nfirst: !vault |\n    1\n    2\nnested:\n')
  expect(changed).toMatch(/last: x\n$/)
  expect(inlineVaults(changed, 'f.yml').map(({ text }) => text)).toEqual(['1\n2', '3', '4'])
  expect(parseYaml(changed, 'f.yml').diagnostics).toEqual([])
})

test('a file without any has none', () => {
  expect(inlineVaults('a: 1\n', 'f.yml')).toEqual([])
})
