import { isList, kindOf } from '#lang/kind-of.ts'
import { plain, toText } from '#lang/to-text.ts'
import { Secret } from '#model/secret.ts'
import { booleanWord, described, textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

/** From one type to another. */
export const conversionFunctions: readonly FunctionDefinition[] = [
  {
    name: 'bool',
    signature: 'bool(value)',
    summary: 'Gives true for true, yes, on, 1 and false for false, no, off, 0.',
    example: ["bool('yes')", true],
    call: ([value]) => {
      const word = booleanWord(value)
      if (word === undefined) throw new BadArgument(`${described(value)} is neither a yes nor a no.`)
      return word
    },
  },
  {
    name: 'int',
    signature: 'int(value, base?)',
    summary: 'Gives a whole number, cutting off what follows the point.',
    example: ["int('42')", 42],
    call: ([value, base]) => toInteger(value, base),
  },
  {
    name: 'float',
    signature: 'float(value)',
    summary: 'Gives a number.',
    example: ["float('2.5')", 2.5],
    call: ([value]) => toNumber(value),
  },
  {
    name: 'double',
    signature: 'double(value)',
    summary: 'The same as `float`, by the name it has in CEL.',
    example: ["double('2.5')", 2.5],
    call: ([value]) => toNumber(value),
  },
  {
    name: 'string',
    signature: 'string(value)',
    summary: 'Gives the value as text; lists and mappings as JSON.',
    example: ['string(42)', '42'],
    call: ([value]) => (value === null ? 'null' : toText(value)),
  },
  {
    name: 'size',
    signature: 'size(value)',
    summary: 'Counts the characters of a text, the items of a list or the keys of a mapping.',
    example: ["size(['a', 'b'])", 2],
    keepsSecrets: true,
    call: ([value]) => sizeOf(value),
  },
  {
    name: 'length',
    signature: 'length(value)',
    summary: 'The same as `size`.',
    example: ["length('web')", 3],
    keepsSecrets: true,
    call: ([value]) => sizeOf(value),
  },
  {
    name: 'type',
    signature: 'type(value)',
    summary: 'Gives the type of a value: string, number, bool, list, map or null.',
    example: ["type('a')", 'string'],
    keepsSecrets: true,
    call: ([value]) => typeNames[kindOf(value)],
  },
]

const typeNames = {
  text: 'string',
  'a number': 'number',
  'a boolean': 'bool',
  'a list': 'list',
  'a mapping': 'map',
  null: 'null',
} as const

function toInteger(value: unknown, base: unknown): number {
  if (base === undefined) return Math.trunc(toNumber(value))
  const text = textOf(value).trim().toLowerCase()
  const radix = toNumber(base)
  const digits = text.replace(/^0[xob]/, '')
  const number = Number.parseInt(digits, radix)
  if (Number.isNaN(number) || !isWritten(digits, radix)) {
    throw new BadArgument(`${described(value)} is not a whole number in base ${radix}.`)
  }
  return number
}

/** parseInt stops silently at the first letter that is no digit. */
function isWritten(digits: string, radix: number): boolean {
  return [...digits.replace(/^[-+]/, '')].every((digit) => !Number.isNaN(Number.parseInt(digit, radix)))
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const text = value instanceof Secret ? value.reveal() : value
  const isNumeric = typeof text === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)
  if (isNumeric) return Number(text)
  throw new BadArgument(`${described(value)} is not a number.`)
}

function sizeOf(value: unknown): number {
  if (isList(value)) return value.length
  if (kindOf(value) === 'text') return [...String(plain(value))].length
  if (kindOf(value) === 'a mapping') return Object.keys(Object(value)).length
  throw new BadArgument(`Size is for text, lists and mappings, not for ${kindOf(value)}.`)
}
