import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapNode } from '#model/node.ts'
import type { ScenarioVariables } from './scenario.ts'

/** The hosts of a scenario's lab, as far as its variables may name them. */
export interface KnownNames {
  readonly hosts: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
}

/** Variables for hosts and groups that the lab does not have would be read by nobody. */
export function unknownNames(
  { groupVars, hostVars }: ScenarioVariables,
  known: KnownNames,
): readonly Diagnostic[] {
  return [...strangers(groupVars, 'group', known.groups), ...strangers(hostVars, 'host', known.hosts)]
}

function strangers(map: MapNode | undefined, what: string, known: ReadonlySet<string>): Diagnostic[] {
  const entries = map?.entries.filter(({ key }) => !known.has(key)) ?? []
  return entries.map(({ key, keyRange }) => {
    const near = nearest(key, known)
    return {
      code: 'unknown-host',
      severity: 'error',
      message: `The scenario's lab has no ${what} "${key}".`,
      remedy: near ? `Did you mean "${near}"?` : `It has ${[...known].join(', ')}.`,
      range: keyRange,
    }
  })
}
