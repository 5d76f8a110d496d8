import { explainVariable, type VariableOrigin } from '#load/explain-variable.ts'
import { levelText } from '#model/precedence.ts'
import type { Program } from '#model/program.ts'
import type { ExplainedVariable, Setting } from '#report/explained-variable.ts'
import { foldHosts } from '#report/fold-hosts.ts'
import type { HostVariables } from './host-variables.ts'

/** Where a variable comes from, for hosts; those for which it is the same are told together. */
export function explainedSettings(
  { program, variables }: { program: Program; variables: HostVariables },
  hosts: readonly string[],
  name: string,
): readonly ExplainedVariable[] {
  const groups = new Map<string, { hosts: string[]; settings: readonly Setting[] }>()
  for (const host of hosts) {
    const settings = explainVariable(program, host, name).map((found) =>
      setting(found, { host, asked: name }, variables),
    )
    const key = JSON.stringify(settings)
    const known = groups.get(key)
    if (known) known.hosts.push(host)
    else groups.set(key, { hosts: [host], settings })
  }
  return [...groups.values()].map((group) => ({
    host: foldHosts(group.hosts),
    name,
    settings: group.settings,
  }))
}

function setting(
  { name, level, group, range, value }: VariableOrigin,
  { host, asked }: { host: string; asked: string },
  variables: HostVariables,
): Setting {
  const ofGroup = group === undefined || group === 'all' ? '' : `, group ${group}`
  // A connection variable goes by several names.
  const origin = `${levelText(level)}${ofGroup}${name === asked ? '' : `, as ${name}`}`
  // What stands in no file, such as -e on the command line, has no lines worth counting.
  const place = range.file.startsWith('-') ? {} : { place: `${range.file}:${range.start.line}` }
  return { origin, ...place, value: variables.shown(name, value, host) }
}
