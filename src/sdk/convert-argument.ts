import { Secret } from '#model/secret.ts'
import type { OptionSpec, OptionType } from './argument-spec.ts'

/** A value that an option does not accept. Its message is a sentence for the user. */
export class ArgumentProblem extends Error {
  override readonly name = 'ArgumentProblem'
  /** The value before anything was converted. */
  readonly given: unknown

  constructor(message: string, given: unknown) {
    super(message)
    this.given = given
  }
}

/**
 * The value as the option's type wants it: `"80"` is a number where one is asked for. A secret stays as it is, for
 * nothing about it may be shown. Throws ArgumentProblem.
 */
export function convertArgument(name: string, value: unknown, option: OptionSpec): unknown {
  if (value instanceof Secret) return value
  const converted = convertTo(name, value, option.type)
  if (Array.isArray(converted) && option.type === 'list') {
    return converted.map((item: unknown, i) => convertItem(`${name}[${i}]`, item, option))
  }
  checkChoices(name, converted, option)
  return option.nested && option.type === 'dict'
    ? convertNested(name, converted, option.nested.options)
    : converted
}

function convertItem(name: string, item: unknown, option: OptionSpec): unknown {
  const converted = option.elements ? convertTo(name, item, option.elements) : item
  checkChoices(name, converted, option)
  return option.nested ? convertNested(name, converted, option.nested.options) : converted
}

function checkChoices(name: string, value: unknown, { choices }: OptionSpec): void {
  if (choices === undefined || choices.some((choice) => String(choice) === String(value))) return
  throw new ArgumentProblem(`"${name}" must be one of ${choices.join(', ')}, not ${shown(value)}.`, value)
}

function convertNested(name: string, value: unknown, options: ReadonlyMap<string, OptionSpec>): unknown {
  if (!isMapping(value)) return value
  const unknown = Object.keys(value).find((key) => !options.has(key))
  if (unknown !== undefined) {
    throw new ArgumentProblem(
      `"${name}" has no "${unknown}": it takes ${[...options.keys()].join(', ')}.`,
      value,
    )
  }
  const defaults = [...options].filter(([, option]) => option.default !== undefined)
  const given = { ...Object.fromEntries(defaults.map(([key, option]) => [key, option.default])), ...value }
  const entries = Object.entries(given).map(([key, one]) => {
    const option = options.get(key)
    return [key, option ? convertArgument(`${name}.${key}`, one, option) : one] as const
  })
  return Object.fromEntries(entries)
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function convertTo(name: string, value: unknown, type: OptionType): unknown {
  const { convert, words } = conversions[type]
  const converted = convert(value)
  if (converted !== undefined) return converted
  throw new ArgumentProblem(`"${name}" must be ${words}, not ${shown(value)}.`, value)
}

interface Conversion {
  readonly words: string
  /** Undefined when the value cannot be converted. */
  convert(value: unknown): unknown
}

const truth: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', 'y', 't', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'n', 'f', '0'].map((word) => [word, false] as const),
])

const text: Conversion = { words: 'text', convert: (value) => (isScalar(value) ? String(value) : undefined) }
const size: Conversion = { words: 'a size such as 512, 10K or 2M', convert: toSize }
const json: Conversion = {
  words: 'text or data',
  convert: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
}

const conversions: Readonly<Record<OptionType, Conversion>> = {
  str: text,
  path: text,
  int: { words: 'a whole number', convert: (value) => toNumber(value, /^\s*[-+]?\d+\s*$/) },
  float: {
    words: 'a number',
    convert: (value) => toNumber(value, /^\s*[-+]?\d+(\.\d*)?([eE][-+]?\d+)?\s*$/),
  },
  bool: {
    words: 'true or false',
    convert: (value) => (isScalar(value) ? truth.get(String(value).trim().toLowerCase()) : undefined),
  },
  list: { words: 'a list', convert: toList },
  dict: { words: 'a mapping', convert: toMapping },
  raw: { words: 'a value', convert: (value) => value },
  bits: size,
  bytes: size,
  json,
  jsonarg: json,
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

function toNumber(value: unknown, form: RegExp): number | undefined {
  return isScalar(value) && form.test(String(value)) ? Number(value) : undefined
}

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

function toSize(value: unknown): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGTPEZY]?)(?:i?[Bb])?\s*$/.exec(String(value))
  return match ? Math.round(Number(match[1]) * 1024 ** units.indexOf(match[2] ?? '')) : undefined
}

/** As Ansible: text is split at commas, a number becomes a list of one. */
function toList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return value === '' ? [] : value.split(',').map((part) => part.trim())
  return typeof value === 'number' ? [String(value)] : undefined
}

/** As Ansible: a mapping, JSON text of one, or `a=1, b=2`. */
function toMapping(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isMapping(value)) return value
  if (typeof value !== 'string') return undefined
  if (value.trim().startsWith('{')) return parsed(value)
  const pairs = value.split(/\s*,\s*|\s+/).filter((part) => part !== '')
  if (pairs.length === 0 || !pairs.every((pair) => pair.includes('='))) return undefined
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isMapping(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  // Not the value itself when it hides something: a Secret prints as ***.
  return typeof value === 'object' && isMapping(value) && Object.keys(value).length > 0
    ? 'a mapping'
    : `"${value}"`
}
