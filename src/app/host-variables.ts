import { Redactor } from '#base/redactor.ts'
import type { Terminal } from '#base/terminal.ts'
import { staticLookup } from '#compile/static-lookup.ts'
import type { Scope } from '#execute/scope.ts'
import { scopeOf } from '#execute/scopes.ts'
import { setVariable } from '#load/compile-vars.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Program } from '#model/program.ts'
import type { Value, VarsLayer } from '#model/value.ts'
import { hideSecrets, isPassword } from './hidden-secrets.ts'
import { idleRun } from './idle-run.ts'
import type { OpenProject } from './open-project.ts'
import { plainValue } from './plain-value.ts'

/** Variables of hosts as plain data that may be shown: secrets are `***`. */
export interface HostVariables {
  /** What the inventory, the files beside it and the playbook, and `-e` make of a host, by name. */
  of(host: string): Readonly<Record<string, unknown>>
  /** What one place says, to a host or, without one, to all. */
  shown(name: string, value: Value, host?: string): unknown
}

/**
 * Renders variables as a run would. What needs facts, a play or a command of this machine stays as it is
 * written. No host is asked.
 */
export function hostVariables(project: OpenProject, program: Program, terminal: Terminal): HostVariables {
  const redactor = new Redactor()
  const onSecret = (text: string): void => redactor.add(text)
  for (const secret of project.secrets) onSecret(secret.reveal())
  const run = idleRun({ project, program, terminal, onSecret })
  const scope = (host: string): Scope => scopeOf(host, { run, play: undefined, step: undefined })
  const hidden = (name: string, value: () => unknown): unknown =>
    isPassword(name) ? '***' : hideSecrets(value(), redactor)
  return {
    of(host) {
      const own = scope(host)
      const vars = [...strongestByName(program, host)].sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(
        vars.map(([name, value]) => [name, hidden(name, () => plainValue(value, own))]),
      )
    },
    shown: (name, value, host) =>
      hidden(name, () => plainValue(value, host === undefined ? staticLookup([]) : scope(host))),
  }
}

/** A connection variable goes by the name it has in its strongest place. */
function strongestByName(program: Program, host: string): ReadonlyMap<string, Value> {
  const { inventory, extraVars } = program
  const found = inventory.hosts.get(host)
  const layers: readonly VarsLayer[] = [...(found ? hostLayers(inventory, found) : []), extraVars]
  const strongest = new Map<string, Value>()
  for (const { vars } of layers) for (const [name, value] of vars) setVariable(strongest, name, value)
  return strongest
}
