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

/** `tsplay lab fault pve qm start --exit 255` */
export const labFault = (context: CommandContext): Promise<Outcome> => {
  const [host = '', program, ...words] = context.words
  const { values } = context
  return control(
    context,
    present({
      action: 'fault' as const,
      lab: labName(context),
      host,
      program,
      words,
      clear: values.flag('clear'),
      fault: present({
        exit: values.number('exit'),
        stdout: line(values.text('output')),
        stderr: line(values.text('stderr')),
        delay: values.text('delay'),
        hang: values.flag('hang') || undefined,
        times: values.number('times'),
      }),
    }),
  )
}

/** Programs end their last line. */
const line = (text: string | undefined): string | undefined => (text === undefined ? undefined : `${text}\n`)

/** `tsplay lab calls pve` */
export const labCalls = (context: CommandContext): Promise<Outcome> =>
  control(context, { action: 'calls', lab: labName(context), host: context.words[0] ?? '' })
