import { connectionVariable } from '#model/connection-variables.ts'
import type { ScalarNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import { expandHosts } from './host-range.ts'
import type { Contribution, GroupDraft, InventoryBuilder, VariableEntry } from './inventory-builder.ts'

/** Adds the hosts that one key or word names to a group, with the variables that stand beside it. */
export function addHosts(
  builder: InventoryBuilder,
  group: GroupDraft,
  found: { text: string; range: SourceRange; origin: string; entries: readonly VariableEntry[] },
): void {
  const { text, range, origin } = found
  const hosts = expandHosts(text)
  if ('problem' in hosts) {
    const { problem: message, remedy } = hosts
    builder.report({ code: 'bad-inventory', severity: 'error', message, remedy, range })
    return
  }
  const entries = withPort(found.entries, hosts.port, range)
  const contribution: Contribution = { origin, entries }
  for (const name of hosts.names) {
    const host = builder.host(name, group, range)
    if (host && entries.length > 0) host.contributions.push(contribution)
  }
}

function withPort(
  entries: readonly VariableEntry[],
  port: number | undefined,
  range: SourceRange,
): readonly VariableEntry[] {
  if (port === undefined || entries.some(({ name }) => connectionVariable(name) === 'ssh_port'))
    return entries
  const value: ScalarNode = { kind: 'scalar', value: port, raw: String(port), style: 'plain', range }
  return [{ name: 'ssh_port', nameRange: range, value }, ...entries]
}
