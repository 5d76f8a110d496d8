import type { Outcome } from '#app/requests.ts'
import { durationMs } from '#base/duration.ts'
import type { CommandAction, CommandContext } from '#cli/context.ts'
import { readPasswords } from '#cli/passwords.ts'
import { outputPart, present } from '#cli/request-parts.ts'
import type { ScheduleRequest } from '#daemon/daemon-request.ts'
import { UsageError } from '#model/usage-error.ts'

const ask = ({ useCases, terminal, signal }: CommandContext, request: ScheduleRequest): Promise<Outcome> =>
  useCases.controlSchedules(request, terminal, signal)

const source = async ({ values, terminal }: CommandContext) => ({
  file: values.text('file') ?? 'schedules.yml',
  vaultIds: (await readPasswords(values, terminal)).vault,
})

const format = ({ values }: CommandContext) => (values.flag('json') ? ('json' as const) : ('text' as const))

/** `tsplay schedule list` */
export const scheduleList: CommandAction = async (context) =>
  ask(context, { action: 'list', format: format(context), ...(await source(context)) })

/** `tsplay schedule next nightly -n 10` */
export const scheduleNext: CommandAction = async (context) => {
  const count = context.values.number('count') ?? 5
  const request = { action: 'next' as const, name: context.words[0], count }
  return ask(context, present({ ...request, ...(await source(context)) }))
}

/** `tsplay schedule run nightly` */
export const scheduleRun: CommandAction = async (context) => {
  const due = context.values.text('due')
  if (due !== undefined && !/^\d{1,15}$/.test(due)) {
    throw new UsageError(`--due cannot be "${due}". It is a number of milliseconds since 1970.`)
  }
  const at = due === undefined ? undefined : Number(due)
  const request = {
    action: 'run' as const,
    name: context.words[0] ?? '',
    at,
    output: outputPart(context.values),
  }
  return ask(context, present({ ...request, ...(await source(context)) }))
}

/** `tsplay schedule pause nightly --for 2d` */
export const schedulePause: CommandAction = async (context) => {
  const text = context.values.text('for')
  const length = text === undefined ? undefined : durationMs(text)
  if (text !== undefined && length === undefined) {
    throw new UsageError(`--for cannot be "${text}". It is a duration such as 90m, 12h or 3d.`)
  }
  const until = length === undefined ? undefined : Date.now() + length
  const request = { action: 'pause' as const, name: context.words[0] ?? '', until }
  return ask(context, present({ ...request, ...(await source(context)) }))
}

/** `tsplay schedule resume nightly` */
export const scheduleResume: CommandAction = async (context) =>
  ask(context, { action: 'resume', name: context.words[0] ?? '', ...(await source(context)) })

/** `tsplay schedule history nightly` */
export const scheduleHistory: CommandAction = async (context) => {
  const count = context.values.number('last') ?? 20
  const request = { action: 'history' as const, name: context.words[0], count, format: format(context) }
  return ask(context, present({ ...request, ...(await source(context)) }))
}
