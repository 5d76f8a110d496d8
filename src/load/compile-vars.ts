import { compileValue } from '#lang/compile-value.ts'
import { connectionSpellings, connectionVariable } from '#model/connection-variables.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import { magicVariables } from '#model/magic-variables.ts'
import type { Value, Vars } from '#model/value.ts'
import type { VariableEntry } from './inventory-builder.ts'

/** What to make of names that no expression can read: a person's mistake, or a cloud's tag. */
export type NameRule = 'strict' | 'lenient'

/**
 * Compiles variables and checks their names. Later entries win, and a connection variable replaces its other
 * spellings, so that the last one said counts whatever it is called.
 */
export function compileVars(
  entries: readonly VariableEntry[],
  report: (diagnostic: Diagnostic) => void,
  rule: NameRule = 'strict',
): Vars {
  const vars = new Map<string, Value>()
  for (const entry of entries) {
    const problem = nameProblem(entry, rule)
    if (problem) report(problem)
    if (problem?.severity === 'error') continue
    const { value, diagnostics } = compileValue(entry.value)
    diagnostics.forEach(report)
    setVariable(vars, entry.name, value)
  }
  return vars
}

/** Sets a variable among others of one layer. */
export function setVariable(vars: Map<string, Value>, name: string, value: Value): void {
  const connection = connectionVariable(name)
  if (connection) for (const spelling of connectionSpellings(connection)) vars.delete(spelling)
  vars.set(name, value)
}

function nameProblem({ name, nameRange: range }: VariableEntry, rule: NameRule): Diagnostic | undefined {
  if (magicVariables.has(name)) {
    const remedy =
      name === 'ansible_group_priority'
        ? 'Set it under "vars" of the group in the inventory itself, as a number.'
        : 'Choose another name.'
    return {
      code: 'reserved-variable',
      severity: 'error',
      message: `tsplay itself sets "${name}".`,
      remedy,
      range,
    }
  }
  if (/^[A-Za-z_]\w*$/.test(name)) return undefined
  const usable = name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_')
  return {
    code: 'invalid-name',
    severity: rule === 'strict' ? 'error' : 'warning',
    message: `"${name}" is not the name of a variable: letters, digits and "_" make one, and it begins with no digit.`,
    remedy: `Rename it, to "${usable}" for instance.`,
    range,
  }
}
