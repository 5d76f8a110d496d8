import type { LabRequest, Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { present } from '#cli/request-parts.ts'

const control = (context: CommandContext, request: LabRequest): Promise<Outcome> =>
  context.useCases.controlLab(request, context.terminal, context.signal)

const labName = (context: CommandContext): string => context.values.text('lab') ?? 'default'

/** `tsplay lab up web1 web2` */
export const labUp = (context: CommandContext): Promise<Outcome> =>
  control(
    context,
    present({
      action: 'up' as const,
      lab: labName(context),
      hosts: context.words,
      count: context.values.number('hosts'),
      file: context.values.text('file'),
    }),
  )

/** `tsplay lab down` */
export const labDown = (context: CommandContext): Promise<Outcome> =>
  control(context, { action: 'down', lab: labName(context) })

/** `tsplay lab status` */
export const labStatus = (context: CommandContext): Promise<Outcome> =>
  control(context, {
    action: 'status',
    lab: labName(context),
    format: context.values.flag('json') ? 'json' : 'text',
  })

/** `tsplay lab ssh web1 -- uptime` */
export const labSsh = (context: CommandContext): Promise<Outcome> => {
  const [host = '', ...command] = context.words
  return control(context, { action: 'ssh', lab: labName(context), host, command })
}
