import type { InventoryRequest, Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { hostSelection } from '#cli/host-selection.ts'
import type { OptionValues } from '#cli/option-values.ts'
import { readPasswords } from '#cli/passwords.ts'
import { variableSources } from '#cli/request-parts.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay inventory --graph`, `--list`, `--host web1`, `--explain port --host web1` */
export async function inventory(context: CommandContext): Promise<Outcome> {
  const { values, terminal } = context
  const hosts = hostSelection(values)
  const show = whatToShow(values, context.words[0])
  const passwords = await readPasswords(values, terminal)
  const request: InventoryRequest = {
    hosts,
    variables: variableSources(values, passwords),
    show,
    format: values.flag('yaml') ? 'yaml' : 'json',
  }
  return await context.useCases.showInventory(request, terminal, context.signal)
}

function whatToShow(values: OptionValues, group: string | undefined): InventoryRequest['show'] {
  const variable = values.text('explain')
  const host = values.text('host')
  const asked = [
    values.flag('list'),
    values.flag('graph'),
    host !== undefined && variable === undefined,
    variable !== undefined,
  ]
  if (asked.filter(Boolean).length > 1) {
    throw new UsageError('Choose one of --list, --graph, --host and --explain (which takes --host as well).')
  }
  if (variable !== undefined) return { kind: 'explain', variable, ...(host === undefined ? {} : { host }) }
  if (host !== undefined) return { kind: 'host', host }
  if (values.flag('list')) return { kind: 'list' }
  return { kind: 'graph', vars: values.flag('vars'), ...(group === undefined ? {} : { group }) }
}
