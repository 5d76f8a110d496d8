import { die, dieOfParameters } from './api-error.ts'

export interface Parameter {
  readonly type: 'string' | 'integer' | 'number' | 'boolean'
  readonly isRequired?: true
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly enum?: readonly string[]
  readonly pattern?: RegExp
}

/** By name; a name may end in `[n]` for a number from 0 to `maximumIndex`. */
export type Parameters = Readonly<Record<string, Parameter>>
export type Values = Readonly<Record<string, string>>

export const text: Parameter = { type: 'string' }
export const flag: Parameter = { type: 'boolean' }
export const integer = (minimum = 0, maximum?: number): Parameter => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
})
export const oneOf = (...words: readonly string[]): Parameter => ({ type: 'string', enum: words })
export const required = (parameter: Parameter): Parameter => ({ ...parameter, isRequired: true })

function parameterFor(table: Parameters, name: string): Parameter | undefined {
  return table[name] ?? table[name.replace(/\d+$/, '[n]')]
}

export interface CommandLine {
  readonly values: Values
  /** What no option took. */
  readonly operands: readonly string[]
}

/**
 * Reads options as Getopt::Long does for Proxmox: `--name value`, `-name value`, `--name=value`; a truth value may
 * stand alone; a repeated option adds to a list. pve-common, PVE/JSONSchema.pm `get_options`.
 */
export function readCommandLine(table: Parameters, args: readonly string[]): CommandLine {
  const values: Record<string, string> = {}
  const operands: string[] = []
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', attached] = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (name === '') {
      operands.push(word)
      continue
    }
    const parameter = parameterFor(table, name)
    if (!parameter) return die(`Unknown option: ${name}\n400 unable to parse option`)
    const value = attached ?? takeValue(parameter, name, rest)
    values[name] = name in values ? `${values[name]},${value}` : value
  }
  return { values, operands }
}

function takeValue({ type }: Parameter, name: string, rest: string[]): string {
  const isAlone =
    rest[0] === undefined || (type === 'boolean' && !/^(0|1|on|off|yes|no|true|false)$/i.test(rest[0]))
  if (type === 'boolean') return isAlone ? '1' : (rest.shift() ?? '')
  if (isAlone) die(`Option ${name} requires an argument\n400 unable to parse option`)
  return rest.shift() ?? ''
}

/** PVE/JSONSchema.pm `validate`: all that is wrong, and truth values as 0 and 1. */
export function checkValues(table: Parameters, values: Values): Values {
  const errors: Record<string, string> = {}
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) {
    const parameter = parameterFor(table, name)
    const why = parameter
      ? problemOf(parameter, value)
      : 'property is not defined in schema and the schema does not allow additional properties'
    if (why !== undefined) errors[name] = why
    checked[name] = parameter?.type === 'boolean' ? truth(value) : value
  }
  for (const [name, { isRequired }] of Object.entries(table)) {
    if (isRequired && values[name] === undefined) errors[name] = 'property is missing and it is not optional'
  }
  if (Object.keys(errors).length > 0) dieOfParameters(errors)
  return checked
}

const truth = (value: string): string => (/^(1|on|yes|true)$/i.test(value) ? '1' : '0')

function problemOf(parameter: Parameter, value: string): string | undefined {
  const { type, maxLength, pattern } = parameter
  if (!patterns[type].test(value)) return `type check ('${type}') failed - got '${value}'`
  const bound = boundProblem(parameter, Number(value))
  if (bound !== undefined) return bound
  if (maxLength !== undefined && value.length > maxLength)
    return `value may only be ${maxLength} characters long`
  if (parameter.enum && !parameter.enum.includes(value)) {
    return `value '${value}' does not have a value in the enumeration '${parameter.enum.join(', ')}'`
  }
  return pattern && !pattern.test(value) ? 'value does not match the regex pattern' : undefined
}

const patterns: Readonly<Record<Parameter['type'], RegExp>> = {
  string: /^/,
  boolean: /^(0|1|on|off|yes|no|true|false)$/i,
  integer: /^[+-]?\d+$/,
  number: /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i,
}

function boundProblem({ minimum, maximum }: Parameter, value: number): string | undefined {
  if (minimum !== undefined && value < minimum) return `value must have a minimum value of ${minimum}`
  return maximum !== undefined && value > maximum
    ? `value must have a maximum value of ${maximum}`
    : undefined
}
