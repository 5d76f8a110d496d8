import { isList, isMap, kindOf } from './kind-of.ts'
import { revealed } from './revealed.ts'

/** Whether two values are the same all the way down. Secrets are compared by what they hide. */
export function equal(left: unknown, right: unknown): boolean {
  const a = revealed(left)
  const b = revealed(right)
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i]))
  if (kindOf(a) !== 'a mapping' || !isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
}
