import type { Resource } from '#model/change.ts'
import { touchesAny } from './resources.ts'

export interface Ordered {
  readonly kind: 'note' | 'write' | 'read'
  readonly concerns: readonly Resource[]
  readonly ahead?: boolean
}

/**
 * The order of what leaves in one flight: notes, then the writes in the order they were given, each but the first after
 * the reads that have to come before it.
 *
 * A read goes as late as it can, so that reads of one kind meet and leave as one frame: behind all writes, unless one
 * that was sent ahead, for a later task, was given after it and may alter what it reads.
 */
export function inSlots<T extends Ordered>(given: readonly T[]): readonly (readonly T[])[] {
  const notes = given.filter(({ kind }) => kind === 'note')
  const writes = given.filter(({ kind }) => kind === 'write')
  const reads: T[][] = Array.from({ length: writes.length + 1 }, () => [])
  let written = 0
  for (const one of given) {
    if (one.kind === 'write') written += 1
    else if (one.kind === 'read') reads[slotOf(one, writes, written)]?.push(one)
  }
  return [notes, ...writes.flatMap((write, i) => [reads[i] ?? [], [write]]), reads[writes.length] ?? []]
}

function slotOf(read: Ordered, writes: readonly Ordered[], from: number): number {
  const blocking = writes.findIndex(
    ({ ahead, concerns }, i) => i >= from && ahead === true && touchesAny(concerns, read.concerns),
  )
  return blocking < 0 ? writes.length : blocking
}
