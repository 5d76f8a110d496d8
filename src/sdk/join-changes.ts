import type { Change } from '#model/change.ts'

/** What several tasks change together, each field once. */
export function joinChanges(all: readonly (readonly Change[])[]): readonly Change[] {
  return [...new Map(all.flat().map((change) => [change.field, change])).values()]
}
