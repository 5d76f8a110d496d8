import { UnknownValue } from '#model/evaluation-error.ts'
import { Unknown } from '#model/unknown.ts'
import { isList, isMap } from './kind-of.ts'

/** What `member` gives when there is no such key. */
export const missing: unique symbol = Symbol('missing')

/**
 * The value at a key, or `missing`. Own properties only: nothing of JavaScript's prototypes can be reached,
 * and lazy objects (proxies) are asked for no more than this key.
 */
export function member(of: unknown, key: unknown): unknown {
  if (of instanceof Unknown) throw new UnknownValue(of.because)
  if (isList(of)) return itemOf(of, key)
  if (typeof of === 'string') return key === 'length' ? of.length : missing
  if (!isMap(of) || (typeof key !== 'string' && typeof key !== 'number')) return missing
  const name = String(key)
  if (!Object.hasOwn(of, name)) return missing
  const value = of[name]
  return value === undefined ? missing : value
}

/** Negative numbers count from the end. */
function itemOf(list: readonly unknown[], key: unknown): unknown {
  if (key === 'length') return list.length
  const index = typeof key === 'string' && /^-?\d+$/.test(key) ? Number(key) : key
  if (typeof index !== 'number' || !Number.isInteger(index)) return missing
  const item = list.at(index)
  return item === undefined ? missing : item
}
