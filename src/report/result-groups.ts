import { type Look, lookOf, lookOrder } from './status-look.ts'
import type { HostResult } from './task-board.ts'

/** Hosts whose result says the same. */
export interface ResultGroup {
  readonly look: Look
  readonly hosts: readonly string[]
  /** Of the first of them; the others' are equal. */
  readonly first: HostResult
  readonly details: readonly string[]
}

/** Folds equal results, failures last, else in the order of their first host. */
export function groupResults(
  results: readonly HostResult[],
  details: (result: HostResult) => readonly string[],
): readonly ResultGroup[] {
  const groups = new Map<string, ResultGroup & { hosts: string[] }>()
  for (const result of results) {
    const look = lookOf(result.end)
    const lines = details(result)
    const key = `${look}\0${result.end.changes.length}\0${lines.join('\n')}`
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { look, hosts: [result.end.host], first: result, details: lines })
    else group.hosts.push(result.end.host)
  }
  return [...groups.values()].sort((a, b) => lookOrder.indexOf(a.look) - lookOrder.indexOf(b.look))
}
