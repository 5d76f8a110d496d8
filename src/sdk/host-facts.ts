import type { Fact } from './fact.ts'

/**
 * What a playbook can read under `facts`: the first step of the path (`os`, `memory`) names a fact, the rest
 * is read from its value. Each is fetched only when something reads it.
 */
export interface HostFactTable {
  readonly facts: ReadonlyMap<string, Fact<unknown>>
  /** What `gather_facts: true` fetches. */
  readonly common: readonly string[]
}
