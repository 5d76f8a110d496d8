import { isList, isMap, kindOf } from '#lang/kind-of.ts'
import { Secret } from '#model/secret.ts'
import { BadArgument } from './function-definition.ts'

/** Text, or a number or boolean as text; secrets revealed. Throws BadArgument for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Secret) return value.reveal()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new BadArgument(`Text is needed, not ${kindOf(value)}.`)
}

/** A number, or text that is exactly one. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  const text = value instanceof Secret ? value.reveal() : value
  if (typeof text === 'string' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  throw new BadArgument(`A number is needed, not ${described(value)}.`)
}

export function integerOf(value: unknown): number {
  const number = numberOf(value)
  if (Number.isInteger(number)) return number
  throw new BadArgument(`A whole number is needed, not ${number}.`)
}

export function listOf(value: unknown): readonly unknown[] {
  if (isList(value)) return value
  throw new BadArgument(`A list is needed, not ${kindOf(value)}.`)
}

export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  if (isMap(value)) return value
  throw new BadArgument(`A mapping is needed, not ${kindOf(value)}.`)
}

/** True, false, or one of YAML 1.1's words for them; undefined for any other text. */
export function booleanWord(value: unknown): boolean | undefined {
  const word = value instanceof Secret ? value.reveal() : value
  if (typeof word === 'boolean') return word
  if (word === 1 || word === 0) return word === 1
  if (typeof word !== 'string') return undefined
  const lower = word.trim().toLowerCase()
  if (['true', 'yes', 'on', 'y', 't', '1'].includes(lower)) return true
  return ['false', 'no', 'off', 'n', 'f', '0'].includes(lower) ? false : undefined
}

/** An argument that is a switch and may be left out. */
export function flagOf(value: unknown): boolean {
  if (value === undefined) return false
  const flag = booleanWord(value)
  if (flag === undefined) throw new BadArgument(`True or false is needed, not ${described(value)}.`)
  return flag
}

/** A value in an error message: text and numbers as they are, a secret never. */
export function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value)
}
