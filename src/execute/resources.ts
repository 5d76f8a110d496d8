import type { Resource } from '#model/change.ts'

/**
 * Whether a write to `written` may change what was read from `read`.
 *
 * Paths: a write to `/a/b` touches `/a/b`, everything below it and the folders above it (their listing and
 * times). The same file can have two names (`/var/run` is `/run`; a link's target), which text cannot see:
 * so equal last components count as touched as well.
 */
export function touches(written: Resource, read: Resource): boolean {
  if (written.kind === 'everything' || read.kind === 'everything') return true
  if (written.kind !== read.kind) return false
  if (written.name === undefined || read.name === undefined) return true
  if (written.kind !== 'path') return written.name === read.name
  return isRelatedPath(written.name, read.name)
}

function isRelatedPath(a: string, b: string): boolean {
  return lies(a, b) || haveSameName(a, b)
}

const lies = (a: string, b: string): boolean => a === b || isBelow(b, a) || isBelow(a, b)

const isBelow = (path: string, above: string): boolean =>
  path.startsWith(above) && (above.endsWith('/') || path[above.length] === '/')

/** Every change is compared with everything that is known, so most pairs should cost no new text. */
function haveSameName(a: string, b: string): boolean {
  const start = a.lastIndexOf('/') + 1
  const other = b.lastIndexOf('/') + 1
  return a.length - start === b.length - other && a.startsWith(b.slice(other), start)
}

/** Whether a write that touches this names the very thing, or what holds it or lies in it: it hardly stays as it was. */
export function isNamedBy(written: Resource, read: Resource): boolean {
  if (written.kind !== read.kind || written.name === undefined) return false
  if (read.name === undefined || written.kind !== 'path') return true
  return lies(written.name, read.name)
}

export function touchesAny(written: readonly Resource[], read: readonly Resource[]): boolean {
  return written.some((w) => read.some((r) => touches(w, r)))
}

/** What a read depends on when nobody said. */
export const everything: readonly Resource[] = [{ kind: 'everything' }]

export const mayTouchAll = (touched: readonly Resource[]): boolean =>
  touched.some(({ kind }) => kind === 'everything')
