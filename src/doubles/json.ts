import { isDeepStrictEqual } from 'node:util'

/** A mapping of JSON. */
export type Fields = Record<string, unknown>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((item) => typeof item === 'string')
export const numberOf = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' ? value : otherwise

/** What lies at the end of a way through mappings; undefined when it ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) found = fieldsOf(found)[name]
  return found
}

/** Sets a value, making the mappings on the way. */
export function put(into: Fields, path: readonly string[], value: unknown): void {
  let place = into
  for (const name of path.slice(0, -1)) {
    const next = fieldsOf(place[name])
    place[name] = next
    place = next
  }
  const last = path.at(-1)
  if (last !== undefined) place[last] = value
}

/** Sets a value where there is none. */
export function putDefault(into: Fields, path: readonly string[], value: unknown): void {
  if (at(into, ...path) === undefined) put(into, path, value)
}

/** Mappings are the same in any order of their keys. */
export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b)
