import type { CommandAction, CommandContext } from '#cli/context.ts'
import { hostSelection } from '#cli/host-selection.ts'
import { readPasswords } from '#cli/passwords.ts'
import { connectionPart, outputPart, present, variableSources } from '#cli/request-parts.ts'

const filter = ({ values }: CommandContext) =>
  present({ kind: values.text('kind'), host: values.text('of'), subject: values.text('subject') })

const format = ({ values }: CommandContext) => (values.flag('json') ? ('json' as const) : ('text' as const))

const pointOf = ({ words }: CommandContext): string => words[0] ?? 'latest'

/** `tsplay restore list --kind etcd` */
export const restoreList: CommandAction = (context) => {
  const request = { action: 'list' as const, filter: filter(context), format: format(context) }
  return context.useCases.controlRestore(request, context.terminal, context.signal)
}

/** `tsplay restore show latest` */
export const restoreShow: CommandAction = (context) => {
  const wish = { filter: filter(context), point: pointOf(context), format: format(context) }
  return context.useCases.controlRestore({ action: 'show', ...wish }, context.terminal, context.signal)
}

/** `tsplay restore run latest --kind etcd` */
export const restoreRun: CommandAction = async (context) => {
  const { values, terminal, signal, useCases } = context
  const [hosts, output] = [hostSelection(values), outputPart(values)]
  const passwords = await readPasswords(values, terminal)
  const request = present({
    action: 'run' as const,
    filter: filter(context),
    point: pointOf(context),
    playbook: values.text('playbook'),
    yes: values.flag('yes'),
    planOnly: values.flag('plan'),
    hosts,
    variables: variableSources(values, passwords),
    connection: connectionPart(values, passwords),
    output,
  })
  return useCases.controlRestore(request, terminal, signal)
}
