import type { MapNode, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'

/** One test of a role, as its file describes it. */
export interface Scenario {
  readonly role: string
  readonly name: string
  /** Absolute path of the scenario file; relative names in it begin at its folder. */
  readonly file: string
  readonly description?: string
  /** The scenario beside it whose hosts it takes over as that one left them; it has no lab of its own. */
  readonly after?: string
  /** The hosts, as in a `lab.yml`: the mapping itself, or the name of such a file. Absent for one host. */
  readonly lab?: Node
  /** Debian releases to run on, one after the other; empty for the lab's own. */
  readonly suites: readonly string[]
  readonly variables: ScenarioVariables
  readonly prepare?: Playbook
  readonly converge: Playbook
  readonly verify?: Playbook
}

/** A playbook of a scenario: a file, or plays written into the scenario. */
export type Playbook =
  | { readonly kind: 'file'; readonly path: string; readonly range: SourceRange }
  | { readonly kind: 'plays'; readonly root: Node }

export interface ScenarioVariables {
  /** Of all hosts. */
  readonly vars?: MapNode
  readonly groupVars?: MapNode
  readonly hostVars?: MapNode
}

export type Section = 'prepare' | 'converge' | 'verify'
