import type { Diagnostic } from '#model/diagnostic.ts'

/** Diagnostics by file and place, each once: files are read concurrently and may be met on several ways. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const distinct = new Map(diagnostics.map((diagnostic) => [keyOf(diagnostic), diagnostic]))
  return [...distinct.values()].sort(byPlace)
}

function keyOf({ code, message, range }: Diagnostic): string {
  return `${code} ${range?.file ?? ''}:${range?.start.offset ?? ''} ${message}`
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [first, second] = [a.range?.file ?? '', b.range?.file ?? '']
  if (first !== second) return first < second ? -1 : 1
  return (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0)
}
