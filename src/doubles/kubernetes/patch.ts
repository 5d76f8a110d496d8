import { isFields } from '../json.ts'

/**
 * JSON Merge Patch (RFC 7386). Strategic merge differs in lists, which it merges by keys; patches in use here replace
 * whole lists or none.
 */
export function mergePatch(into: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const result = isFields(into) ? into : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = mergePatch(result[name], value)
  }
  return result
}
