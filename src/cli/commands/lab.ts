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
      backend: backendOf(context),
      real: context.values.text('real'),
    }),
  )

const backendOf = (context: CommandContext) => context.values.choice('backend', ['nspawn', 'userns', 'sshd'])

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

/** `tsplay lab exec web1 web2 -- uptime` */
export const labExec = (context: CommandContext): Promise<Outcome> =>
  control(context, { action: 'exec', lab: labName(context), words: context.words })

type Power = 'reset' | 'reboot' | 'kill' | 'freeze' | 'thaw'

/** `tsplay lab freeze web1` */
export const labPower =
  (action: Power) =>
  (context: CommandContext): Promise<Outcome> =>
    control(context, { action, lab: labName(context), hosts: context.words })

/** `tsplay lab fill web1 /var --leave 1M` */
export const labFill = (context: CommandContext): Promise<Outcome> => {
  const [host = '', ...folders] = context.words
  const { values } = context
  return control(
    context,
    present({
      action: 'fill' as const,
      lab: labName(context),
      host,
      folders,
      leave: values.text('leave'),
      clear: values.flag('clear'),
    }),
  )
}

/** `tsplay lab clock web1 3d` */
export const labClock = (context: CommandContext): Promise<Outcome> => {
  const [host = '', ahead = ''] = context.words
  return control(context, { action: 'clock', lab: labName(context), host, ahead })
}

/** `tsplay lab logs web1` */
export const labLogs = (context: CommandContext): Promise<Outcome> =>
  control(context, present({ action: 'logs' as const, lab: labName(context), host: context.words[0] }))

const imageActions = ['list', 'build', 'remove'] as const

/** `tsplay lab image build trixie` */
export const labImage = (context: CommandContext): Promise<Outcome> => {
  const [word, ...suites] = context.words
  // commander has refused any other word.
  const what = imageActions.find((action) => action === word) ?? 'list'
  return control(context, present({ action: 'image' as const, what, suites, backend: backendOf(context) }))
}

/** `tsplay lab road web1 --delay 100ms` */
export const labRoad = (context: CommandContext): Promise<Outcome> => {
  const { values } = context
  return control(
    context,
    present({
      action: 'road' as const,
      lab: labName(context),
      host: context.words[0] ?? '',
      delay: values.text('delay'),
      rate: values.text('rate'),
      reorder: values.text('reorder'),
      cut: values.flag('cut'),
      drop: values.flag('drop'),
      clear: values.flag('clear'),
    }),
  )
}
