import { nearest } from '#base/did-you-mean.ts'
import type { Terminal } from '#base/terminal.ts'
import { yamlCodec } from '#load/yaml-codec.ts'
import { magicVariables } from '#model/magic-variables.ts'
import type { Program } from '#model/program.ts'
import { UsageError } from '#model/usage-error.ts'
import { explainedVariableText } from '#report/explained-variable.ts'
import { inventoryGraph } from '#report/inventory-graph.ts'
import { createStyle, type Style } from '#report/style.ts'
import { jsonText, valueText } from '#report/value-text.ts'
import { explainedSettings } from './explained-settings.ts'
import { explainedUsage } from './explained-usage.ts'
import { type HostVariables, hostVariables } from './host-variables.ts'
import { inventoriesOf } from './inventories-of.ts'
import { checkLimit, limitedHosts, limitText } from './limited-hosts.ts'
import { dynamicInventory, groupedHosts, writtenInventory } from './listed-inventory.ts'
import { openProject } from './open-project.ts'
import type { InventoryRequest, Outcome } from './requests.ts'
import { showDiagnostics } from './show-diagnostics.ts'

/** `tsplay inventory`: hosts, groups, their variables and where these come from. No host is asked. */
export async function showInventory(
  request: InventoryRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const project = await openProject({ ...request, playbooks: [] })
    showDiagnostics(project, terminal)
    const { program } = project
    if (!program) return { exitReason: 'project' }
    warnOfNone(request, terminal)
    checkLimit(request.hosts, program.inventory, {
      emit: ({ message }) => terminal.notice(`warning: ${message}`),
    })
    const hosts = limitedHosts(
      program.inventory,
      groupedHosts(program.inventory),
      limitText(request.hosts.limit),
    )
    const variables = hostVariables(project, program, terminal)
    const style = createStyle(terminal.color)
    terminal.stdout.write(shownText(request, { program, hosts, variables, style }))
    return { exitReason: 'done' }
  })
}

function warnOfNone(request: InventoryRequest, terminal: Terminal): void {
  if (inventoriesOf(request.hosts).length > 0) return
  terminal.notice('warning: There is no inventory here. Name one with -i.')
}

interface Shown {
  readonly program: Program
  /** Those that `--limit` leaves. */
  readonly hosts: readonly string[]
  readonly variables: HostVariables
  readonly style: Style
}

function shownText({ show, format }: InventoryRequest, shown: Shown): string {
  const { program, hosts, variables } = shown
  switch (show.kind) {
    case 'list': {
      const listed = { inventory: program.inventory, hosts: new Set(hosts), variables }
      return format === 'json'
        ? dataText(dynamicInventory(listed), format)
        : dataText(writtenInventory(listed), format)
    }
    case 'host':
      checkHost(program, show.host)
      return dataText(variables.of(show.host), format)
    case 'graph':
      return graphText(show, shown)
    case 'explain':
      if (show.host !== undefined) checkHost(program, show.host)
      return explanation(
        show.variable,
        { ...shown, hosts: show.host === undefined ? hosts : [show.host] },
        format,
      )
  }
}

const dataText = (data: unknown, format: InventoryRequest['format']): string =>
  format === 'yaml' ? yamlCodec.stringify(data) : `${jsonText(data, 2)}\n`

function checkHost({ inventory }: Program, host: string): void {
  if (inventory.hosts.has(host)) return
  throw new UsageError(`There is no host "${host}".`, didYouMean(host, inventory.hosts.keys()))
}

function didYouMean(name: string, names: Iterable<string>): { remedy?: string } {
  const near = nearest(name, names)
  return near === undefined ? {} : { remedy: `Did you mean "${near}"?` }
}

function graphText(
  { group, vars }: Extract<InventoryRequest['show'], { kind: 'graph' }>,
  { program: { inventory }, hosts, variables, style }: Shown,
): string {
  if (group !== undefined && !inventory.groups.has(group)) {
    throw new UsageError(`There is no group "${group}".`, didYouMean(group, inventory.groups.keys()))
  }
  const everybody = groupedHosts(inventory)
  const below = (kind: 'group' | 'host', name: string): readonly string[] => {
    const layers = (kind === 'host' ? inventory.hosts : inventory.groups).get(name)?.layers ?? []
    const own = [...new Map(layers.flatMap((layer) => [...layer.vars]))]
    const host = kind === 'host' ? name : undefined
    return own.map(([key, value]) => style.dim(`${key} = ${valueText(variables.shown(key, value, host))}`))
  }
  return inventoryGraph(inventory, {
    style,
    group,
    ...(hosts.length < everybody.length && { only: new Set(hosts) }),
    ...(vars && { below }),
  })
}

function explanation(name: string, shown: Shown, format: InventoryRequest['format']): string {
  if (magicVariables.has(name)) return `${shown.style.bold(name)} is set by tsplay itself, for each host.\n`
  const explained = explainedSettings(shown, shown.hosts, name)
  if (format === 'yaml') return yamlCodec.stringify(explained)
  const near = explained.some(({ settings }) => settings.length > 0) ? undefined : nearName(name, shown)
  return [
    ...explained.map((one) => explainedVariableText(one, shown.style)),
    ...(near === undefined ? [] : [`Did you mean "${near}"?\n`]),
  ].join('\n')
}

const nearName = (name: string, { hosts, variables }: Shown): string | undefined =>
  nearest(name, new Set(hosts.flatMap((host) => Object.keys(variables.of(host)))))
