import type { SourceRange } from './source.ts'
import type { Vars, VarsLayer } from './value.ts'

export interface Host {
  readonly name: string
  /** Where it is first named; absent for the implicit localhost and hosts added at run time. */
  readonly range?: SourceRange
  /** Groups it is directly in, `ungrouped` included when that holds; never `all`. */
  readonly groups: readonly string[]
  /** Layers 8 to 10 (inventory host vars, host_vars of inventory and playbook), weakest first. */
  readonly layers: readonly VarsLayer[]
}

export interface Group {
  readonly name: string
  readonly range?: SourceRange
  readonly children: readonly string[]
  /** Hosts named directly in this group, in order. */
  readonly hosts: readonly string[]
  /** Longest path from `all`, which has depth 0. */
  readonly depth: number
  /** `ansible_group_priority`, 1 unless set in an inventory source. */
  readonly priority: number
  /** Layers 3 to 7, weakest first. */
  readonly layers: readonly VarsLayer[]
}

/**
 * All hosts and groups, in the order of first mention. `all` and `ungrouped` are always there; `all` has every
 * group without another parent as a child, so its members are found as those of any group. The implicit
 * localhost is among `hosts` and a member of no group, `all` included. Never altered: a change makes a new one.
 */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>
  readonly groups: ReadonlyMap<string, Group>
  /** Paths of the sources, as given. */
  readonly sources: readonly string[]
  /** The folder of the first source, for `inventory_dir`; undefined for host lists. */
  readonly directory?: string
}

export type { Vars, VarsLayer }
