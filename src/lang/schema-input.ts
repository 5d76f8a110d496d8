import { omit } from '#model/omit.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { isList, isMap } from './kind-of.ts'

type Path = readonly (string | number)[]

/** A value as a validator can read it. */
export interface Prepared {
  readonly value: unknown
  /** Where secrets were, which no message may quote. */
  readonly secrets: readonly Path[]
  /** Parts about which nothing can be said. */
  readonly open: readonly Path[]
}

/** Reveals secrets and leaves out what is not known yet, noting where both were. */
export function prepare(value: unknown): Prepared {
  if (isReadable(value)) return { value, secrets: [], open: [] }
  const found = { secrets: [] as Path[], open: [] as Path[] }
  return { value: prepared(value, [], found), ...found }
}

/** Most values are so, and need no copy. */
function isReadable(value: unknown): boolean {
  if (value instanceof Secret || value instanceof Unknown || value === undefined || value === omit)
    return false
  if (isList(value)) return value.every(isReadable)
  return !isMap(value) || Object.keys(value).every((key) => isReadable(value[key]))
}

function prepared(value: unknown, path: Path, found: { secrets: Path[]; open: Path[] }): unknown {
  if (value instanceof Secret) {
    found.secrets.push(path)
    return value.reveal()
  }
  if (value instanceof Unknown) {
    found.open.push(path)
    return null
  }
  if (isList(value)) return value.map((item, i) => prepared(item, [...path, i], found))
  if (!isMap(value)) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== omit)
  return Object.fromEntries(entries.map(([key, item]) => [key, prepared(item, [...path, key], found)]))
}
