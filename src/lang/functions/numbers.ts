import { randomInt } from 'node:crypto'
import { isList } from '#lang/kind-of.ts'
import { integerOf, listOf, numberOf, textOf } from './arguments.ts'
import { compareValues } from './compare-values.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

export const numberFunctions: readonly FunctionDefinition[] = [
  {
    name: 'min',
    signature: 'min(value, more…)',
    summary: 'Gives the least item of a list, or of its arguments.',
    example: ['min([3, 1, 2])', 1],
    call: (args) => extreme(args, 1),
  },
  {
    name: 'max',
    signature: 'max(value, more…)',
    summary: 'Gives the greatest item of a list, or of its arguments.',
    example: ['max(3, 1, 2)', 3],
    call: (args) => extreme(args, -1),
  },
  {
    name: 'sum',
    signature: 'sum(list)',
    summary: 'Adds the numbers of a list.',
    example: ['sum([1, 2, 3])', 6],
    call: ([list]) => listOf(list).reduce<number>((total, item) => total + numberOf(item), 0),
  },
  {
    name: 'abs',
    signature: 'abs(number)',
    summary: 'Gives a number without its sign.',
    example: ['abs(-2)', 2],
    call: ([number]) => Math.abs(numberOf(number)),
  },
  {
    name: 'round',
    signature: 'round(number, digits?, method?)',
    summary: 'Rounds to so many digits (0); method is `common` (the default), `ceil` or `floor`.',
    example: ['round(2.567, 1)', 2.6],
    call: ([number, digits, method]) => rounded(numberOf(number), digits, method),
  },
  {
    name: 'random',
    signature: 'random(choice, seed?)',
    summary:
      'Gives a random item of a list, or whole number below a number; with a seed always the same one.',
    example: ["random(['a'], 'seed')", 'a'],
    call: ([choice, seed]) => random(choice, seed),
  },
]

function extreme(args: readonly unknown[], sign: 1 | -1): unknown {
  const values = args.length === 1 ? listOf(args[0]) : args
  if (values.length === 0) throw new BadArgument('The list is empty.')
  return values.reduce((best, value) => (compareValues(value, best) * sign < 0 ? value : best))
}

function rounded(number: number, digits: unknown, method: unknown): number {
  const scale = 10 ** (digits === undefined ? 0 : integerOf(digits))
  const how = method === undefined ? 'common' : textOf(method)
  // A hair more, so that 1.005 with two digits is 1.01 as written, not 1.00 as stored.
  const scaled = number * scale
  if (how === 'common')
    return (Math.sign(scaled) * Math.round(Math.abs(scaled) * (1 + Number.EPSILON))) / scale
  if (how === 'ceil') return Math.ceil(scaled) / scale
  if (how === 'floor') return Math.floor(scaled) / scale
  throw new BadArgument(`"${how}" is no way to round; use common, ceil or floor.`)
}

function random(choice: unknown, seed: unknown): unknown {
  const count = isList(choice) ? choice.length : integerOf(choice)
  if (count < 1) throw new BadArgument('There is nothing to choose from.')
  const index = seed === undefined ? randomInt(count) : seededIndex(textOf(seed), count)
  return isList(choice) ? choice[index] : index
}

/** FNV-1a (isthe.com/chongo/tech/comp/fnv): spreads similar seeds, such as host names, well enough. */
function seededIndex(seed: string, count: number): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(seed)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
  return (hash ^ (hash >>> 13)) % count
}
