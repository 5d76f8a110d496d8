import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Options, type Problem, parseOptions } from '#doubles/options.ts'

const table = {
  '-H': 'flag',
  '-p': 'flag',
  '-o --output': 'value',
  '-d': 'value',
  '--set': 'values',
} as const

function read(...args: string[]): Options {
  const options = parseOptions(table, args)
  if (options instanceof Options) return options
  throw new Error(JSON.stringify(options))
}

describe('options', () => {
  it('takes short ones in one word, the last with its value', () => {
    const options = read('-Hponame', 'tank')
    expect([options.has('H'), options.has('p'), options.text('o')]).toEqual([true, true, 'name'])
    expect(options.operands).toEqual(['tank'])
  })

  it('takes a value from the next word or behind an equals sign', () => {
    expect(read('-o', 'a', '--output=b=c').texts('o')).toEqual(['a', 'b=c'])
    expect(read('--output', '-x').text('o')).toBe('-x')
    expect(read('--output=').text('o')).toBe('')
  })

  it('takes operands between options, and nothing but operands after two dashes', () => {
    expect(read('a', '-H', 'b', '-').operands).toEqual(['a', 'b', '-'])
    expect(read('--', '-H', '--', 'x').operands).toEqual(['-H', '--', 'x'])
  })

  it.each<[string[], Problem]>([
    [['-Hx'], { kind: 'unknown-option', option: '-x' }],
    [['--nope=1'], { kind: 'unknown-option', option: '--nope' }],
    [['-o'], { kind: 'missing-value', option: '-o' }],
    [['--set'], { kind: 'missing-value', option: '--set' }],
  ])('refuses %j', (args, problem) => {
    expect(parseOptions(table, args)).toEqual(problem)
  })

  it('gives back every operand behind two dashes, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(read('--', ...words).operands).toEqual(words)
      }),
    )
  })

  it('gives back every value, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        expect(read(...values.flatMap((value) => ['--set', value])).texts('set')).toEqual(values)
        expect(read(...values.map((value) => `--set=${value}`)).texts('set')).toEqual(values)
      }),
    )
  })
})
